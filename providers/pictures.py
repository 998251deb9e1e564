"""Pictures without what a camera adds to them: above all the place where they were taken."""

import io
from dataclasses import replace

from PIL import Image, ImageOps

from providers import uploads
from providers.evidence import Upload
from providers.uploads import FileType, RefusedFile

MOST_PIXELS = 80_000_000
_FORMATS = {FileType.JPEG: "JPEG", FileType.PNG: "PNG"}
DAMAGED = "The picture cannot be read. Take it again, or send it in another form."
TOO_MANY = "The picture has too many pixels. Send a smaller copy."


def without_place(upload: Upload) -> Upload:
    """The same file; of a picture only what is seen, upright, with no data about place or camera.

    Raises RefusedFile where it may not be kept, cannot be read, or is unreasonably large.
    """
    kind = uploads.recognise(upload.content)
    if kind not in _FORMATS:
        return upload
    try:
        with Image.open(upload.content, formats=[_FORMATS[kind]]) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise RefusedFile(TOO_MANY)
            upright = ImageOps.exif_transpose(picture)
            bare = Image.new(upright.mode, upright.size)
            if upright.mode == "P":
                bare.putpalette(upright.getpalette() or [])
            bare.paste(upright)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as damage:
        raise RefusedFile(DAMAGED) from damage
    kept = io.BytesIO()
    bare.save(kept, _FORMATS[kind], quality=88) if kind is FileType.JPEG else bare.save(kept, "PNG")
    kept.seek(0)
    return replace(upload, content=kept)
