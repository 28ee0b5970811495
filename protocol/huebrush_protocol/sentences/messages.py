"""Sentences about messages that are refused, and about where backend and client meet."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

MESSAGES: Mapping[str, str] = MappingProxyType(
    {
        # Versions, and refusals as a whole
        "message.refused": "The backend refused the message: {reason}",
        "message.refused.remedy": "Use the plugin and the backend of the same Huebrush version.",
        "version.plugin_old": "The backend ({backend}) speaks protocol version {spoken}, but {client} speaks "
        "{offered}.",
        "version.plugin_old.remedy": "To update the plugin, import the newest ZIP of Huebrush into Krita and restart "
        "it, or run in the folder of the newest Huebrush: python3 install.py",
        "version.backend_old": "The backend ({backend}) speaks protocol version {spoken}, but {client} speaks "
        "{offered}.",
        "version.backend_old.remedy": "To update the backend, install the newest wheel of Huebrush, or run in the "
        "folder of the newest Huebrush: python3 install.py",
        # What is wrong in a message; `field` is a name of the protocol
        "message.unwritable": "The message cannot be written: {reason}",
        "message.unreadable_header": "The header is not msgpack: {reason}",
        "message.header_size": "The header takes {size} bytes; at most {most} are allowed.",
        "message.header_kind": "The header is not a map with text keys.",
        "message.no_frames": "The message has no frames.",
        "message.no_type": "The header has no type.",
        "message.unknown_type": "The message type '{type}' is not known.",
        "message.not_for_backend": "{type} is not a message for the backend.",
        "message.too_many_images": "There are {count} images; at most {most} are allowed.",
        "message.field_missing": "{field} is missing.",
        "message.no_text": "{field} is no text: {reason}",
        "message.wrong_type": "{field} must be {wanted}, not {found}.",
        "message.whole_number": "a whole number",
        "message.finite_number": "a finite number",
        "message.text": "text",
        "message.boolean": "true or false",
        "message.list": "a list",
        "message.map": "a map",
        "message.out_of_range": "{field} is {value}; it must be {lowest} to {highest}.",
        "message.negative": "{field} is {value}; it must not be negative.",
        "message.not_one_of": "{field} is '{value}'; it must be one of {names}.",
        "message.unknown_value": "{field} is '{value}', which is not known.",
        "message.too_deep": "{field} is nested deeper than {levels} levels.",
        "message.not_finite": "{field} is {value}; numbers must be finite.",
        "message.key_kind": "{field} has a key that is not text.",
        "message.not_plain": "{field} holds a {type}; only plain data is allowed.",
        "message.too_many_entries": "{field} has {count} entries; at most {most} are allowed.",
        "message.name_length": "{field} must be 1 to {most} characters long.",
        "message.text_length": "{field} must be a text of at most {most} characters.",
        "message.text_length_or_none": "{field} must be a text of at most {most} characters, or left out.",
        "message.job_id": "The job '{job}' is not a UUID in canonical lower-case form.",
        "message.no_version": "The greeting offers no protocol version.",
        "message.window": "guidance_window.start is {start}; it must be at most the window's end, {end}.",
        "message.thresholds": "{field} must be four ascending numbers, not {found}.",
        "message.color_needs_mask": "{field} is a colour; give the edit a mask for it.",
        "message.patch_needs_mask": "{field} is a picture; give the edit a mask for it.",
        "message.no_such_mask": "{field} is {value}; there are {count} edit masks.",
        "message.no_such_patch": "{field} is {value}; there are {count} edit patches.",
        "message.masked_edit": "{field} acts inside an edit mask, which changes no reference.",
        "message.color": "{field} is '{value}'; a colour is written as # and six lower-case digits, as in #1f77b4.",
        "message.gap_resolution": "A gap in millimetres needs the page's resolution. Give it "
        "(dots_per_inch, --dpi), or the gap in pixels or in widths of the lines.",
        "message.palette_names": "palette_names has {count} entries for {colors} colours.",
        "message.palette_name_length": "A palette's names may have {most} characters.",
        "message.one_line_art": "A job needs exactly one line-art image, not {count}.",
        "message.role_not_taken": "A job takes no image with the role '{role}'.",
        "message.role_once": "A job takes at most one image with the role '{role}', not {count}.",
        "message.part_of_nothing": "A '{role}' lies over reference {reference}, counted from 0; there are "
        "{references} references.",
        "message.part_once": "Reference {reference} takes at most one '{role}', not {count}.",
        "message.one_image": "Exactly one image with the role '{role}' belongs here.",
        "message.wrong_role": "{field} has the role '{found}'; '{wanted}' belongs here.",
        "message.gray": "{field} must be GRAY with 8 bits.",
        "message.image_format": "The image format {order}/{dtype} is not known.",
        "message.image_size": "{field} has {width} × {height} pixels; each side must be 1 to {most}.",
        "message.short_stride": "{field} has a stride of {stride}, shorter than a row ({row} bytes).",
        "message.image_bytes": "{field} has more than {most} bytes; scale the picture down.",
        "message.position": "{field} has the position ({x}, {y}), which is out of range.",
        "message.not_contiguous": "A frame holds no contiguous bytes: {reason}",
        "message.frame_count": "There are {headers} image headers, but {frames} image frames.",
        "message.frame_size": "{field} has {found} bytes, but {width} × {height} {order} {dtype} with a stride of "
        "{stride} takes {wanted}.",
        "message.all_bytes": "The images have {size} bytes; at most {most} are allowed.",
        "message.text_kind": "a text is a string or a map of id, arguments and english.",
        "message.text_fields": "a text has an id and english, both strings, and a map of arguments.",
        "message.text_arguments": "a text has at most {most} arguments, each with a name.",
        # Where backend and client meet
        "endpoint.none": "no backend has announced itself in {file}.",
        "endpoint.other_file": "{file} is not an endpoint file.",
        "endpoint.unreadable": "{file} cannot be read: {reason}",
        "folder.link": "{folder} is a link, not a folder; remove it, or set {variable} to another folder.",
        "folder.of_another": "{folder} belongs to another user; set {variable} to a folder of your own.",
        "folder.below_another": "{folder} lies below {parent}, which belongs to another user; set {variable} to a "
        "folder of your own.",
        "folder.below_open": "{folder} lies below {parent}, which every user can change; set {variable} to a folder of "
        "your own.",
        "folder.open": "{folder} is open to other users; run: chmod 700 '{folder}'",
        "folder.unusable": "{folder} cannot be used as a private folder; make room for it or set {variable} to "
        "another one: {reason}",
    }
)
