{
    "name": "AliExpress Connector on Several Machines",
    "summary": "The scheduled actions of the AliExpress connector run as queue jobs, one for each shop and flow",
    "version": "19.0.1.0.0",
    "category": "Sales/Sales",
    "author": "aliexpress_connector contributors",
    "license": "LGPL-3",
    "depends": ["aliexpress_connector", "queue_job"],
    "data": ["data/queue_job_data.xml"],
    "auto_install": True,
}
