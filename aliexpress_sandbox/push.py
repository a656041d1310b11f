"""Push messages: the gateway tells registered applications that an order moved."""


class Pusher:
    def __init__(self, sandbox):
        self.sandbox = sandbox

    def order_moved(self, order, before):
        """Tell the applications with a callback address."""
