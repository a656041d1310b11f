"""Picture uploads. The file travels unsigned beside the signed parameters."""

import base64
import hashlib

from ..answers import refused
from ..images import measure
from ..reading import optional, required
from ..shop import Picture
from . import api

MAX_BYTES = 3 * 1024 * 1024
MAX_SIDE = 5000
TOTAL_MEGABYTES = 10240


@api(
    "aliexpress.photobank.redefining.uploadimageforsdk",
    required("image_bytes", bytes),
    required("file_name"),
    optional("group_id"),
)
def upload(call):
    name = call["file_name"]
    content = call["image_bytes"].read()
    if len(name) > 256:
        return _failed("13001005", "file name is too long")
    picture, problem = _picture(name, content)
    if problem:
        return _failed(*problem)
    url = _keep(call, picture, content)
    used = sum(len(x.content) * 3 / 4 for x in call.shop.pictures.values()) / 1024**2
    return {
        "result": {
            "is_success": True,
            "status": "SUCCESS",
            "photobank_url": url,
            "file_name": name,
            "width": picture.width,
            "height": picture.height,
            "photobank_total_size": str(TOTAL_MEGABYTES),
            "photobank_used_size": f"{used:.1f}",
        }
    }


@api(
    "aliexpress.image.redefining.uploadtempimageforsdk",
    required("file_data", bytes),
    required("src_file_name"),
)
def upload_temporary(call):
    name = call["src_file_name"]
    if not name.lower().endswith((".jpg", ".jpeg", ".gif")):
        raise refused("isv.invalid-parameter", "非法参数: src_file_name")
    content = call["file_data"].read()
    picture, problem = _picture(name, content)
    if problem:
        return _failed(*problem)
    url = _keep(call, picture, content)
    return {
        "result": {
            "is_success": True,
            "url": url,
            "width": picture.width,
            "height": picture.height,
            "src_file_name": name,
        }
    }


def _picture(name, content):
    """(Picture, None) or (None, (error code, text))"""
    if len(content) > MAX_BYTES:
        return None, ("13001006", "the image is bigger than 3M")
    measured = measure(content)
    if not measured:
        return None, ("13001007", "the file is not an image")
    mimetype, width, height = measured
    if max(width, height) > MAX_SIDE:
        return None, ("13001008", "the image is bigger than 5000 x 5000")
    return Picture(name, base64.b64encode(content).decode(), mimetype, width, height), None


def _keep(call, picture, content):
    """Store the picture under its content's name; the address it is served at."""
    kind = picture.mimetype.split("/")[1].replace("jpeg", "jpg")
    url = f"{call.sandbox.url}/kf/S{hashlib.sha1(content).hexdigest()[:32]}.{kind}"
    call.shop.pictures[url] = picture
    return url


def _failed(code, text):
    return {"result": {"is_success": False, "error_code": code, "error_message": text}}
