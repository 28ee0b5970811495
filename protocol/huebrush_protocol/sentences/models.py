"""Sentences about models and their files, and about fetching them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

MODELS: Mapping[str, str] = MappingProxyType(
    {
        # Models that are not there
        "model.unknown": "There is no model '{model}'.",
        "model.unknown.remedy": "Choose one of: {names}.",
        "model.not_installed": "The model '{title}' is not installed.",
        "model.not_loaded": "The model '{model}' cannot be loaded: {reason}",
        "model.not_loaded.remedy": "Fetch or add the model again.",
        "model.no_libraries": "Models need PyTorch and other libraries, which are not installed here; flats work "
        "without them. To add them, run: {command}",
        "model.builtin_missing": "The built-in weights are missing. Get Huebrush again, and run in its folder: "
        "python3 install.py",
        "model.file_gone": "The file {file} is missing from {folder}; remove the model and add it again.",
        "model.parent_gone": "It changes the model {parent}, which is missing or has changed; add that again, or run: "
        "huebrush models remove {name}",
        "model.needs_clip": "It needs CLIP ViT-H/14; run: huebrush models pull {clip}",
        "model.parts_missing": "It lacks {files}; how to make it again says: huebrush models add-baseline --help",
        "model.folder_bad": "Its folder cannot be used; mend or remove {folder}: {reason}",
        "model.folder_name": "its name is not valid text",
        "model.folder_field": "its {field} is not valid",
        # Files of models
        "file.failed": "{file}: {reason}",
        "file.not_regular": "it is not a regular file",
        "file.too_large": "it has {size} bytes; at most {most} are read",
        "file.too_deep": "it is nested too deeply",
        "file.no_json": "it is not JSON: {reason}",
        "file.no_map": "it does not hold a JSON object",
        "list.next": "{first}; {rest}",
        "checkpoint.pickle": "{file} is a pickle, which could run code on this computer. Use the .safetensors file of "
        "the same model; if there is none and you trust the source, allow pickles explicitly.",
        "checkpoint.damaged": "{file} is damaged: {reason}",
        "checkpoint.no_header": "{file} is not a safetensors file: it has {size} bytes and no header.",
        "checkpoint.short_header": "{file} is not a safetensors file, or is cut short within its header ({size} "
        "bytes, the header alone would take {wanted}).",
        "checkpoint.unreadable_header": "{file} is not a safetensors file: its header cannot be read.",
        "checkpoint.cut_short": "{file} is cut short: it has {size} of {wanted} bytes. Fetch it again.",
        "checkpoint.too_long": "{file} is damaged: it has {size} bytes instead of {wanted}. Fetch it again.",
        "checkpoint.not_only_tensors": "{file} holds more than tensors and is not opened: {reason}",
        "checkpoint.not_rewritten": "{file} cannot be rewritten as safetensors: {reason}",
        "checkpoint.unknown_family": "This is not a ColorizeDiffusion model: it has no keys {prefix}*; it has {count} "
        "keys, such as {names}.",
        "checkpoint.unsupported_family": "This is a {family} model, which is not supported yet; {first} models "
        "(mult-*), {second} (switch-*) and {third} (v2-*) are.",
        "checkpoint.wrong_tensors": "The file's tensors do not match the model that its keys suggest. {faults}",
        "checkpoint.missing_keys": "{count} missing: {keys}",
        "checkpoint.unexpected_keys": "{count} not expected: {keys}",
        "checkpoint.wrong_shapes": "{count} of a wrong shape: {keys}",
        "checkpoint.noise_schedule": "This model was trained with another noise schedule than the released models "
        "(alphas_cumprod differs), which is not supported.",
        "clip.tokens": "The CLIP in the models folder gives tokens of {found} numbers, this model takes {wanted}. The "
        "released models need CLIP ViT-H/14 of LAION-2B.",
        "clip.no_open_clip": "{file} is not CLIP ViT-H/14 in OpenCLIP's format: {reason}",
        "clip.other_weights": "these weights are not an OpenCLIP model; {faults}",
        "clip.unfit_weights": "these weights do not fit together: {reason}",
        "clip.no_folder": "{folder} is not a transformers folder of CLIP ViT-H/14: {reason}",
        "clip.lacks": "The CLIP in {folder} lacks {names}.",
        "clip.missing": "CLIP ViT-H/14 is missing; run: huebrush models pull {clip}",
        "clip.there": "There is a CLIP in {folder} already.",
        "clip.files_missing": "{folder} is not a transformers folder: it lacks config.json or model.safetensors.",
        "model.unreadable": "{file} cannot be read: {reason}",
        "model.no_record": "{file} is not the record of a model, or cannot be read.",
        "model.unusable_files": "The files in {folder} cannot be loaded: {reason}",
        "model.other_pipeline": "{folder} holds a {found}, which is not one of {names}.",
        "model.no_image_encoder": "There is no image encoder, without which IP-Adapter sees nothing.",
        "model.unfit_ip_adapter": "The IP-Adapter does not fit the rest: {reason}",
        "model.stays": "'{name}' is built in and cannot be removed.",
        "model.weights_gone": "The weights of {name} are missing or have changed.",
        "lora.unfit": "{file} is not a LoRA of this model.",
        "model.needed": "{name} is needed by {names}, made by training it further.",
        "model.not_there": "There is no model '{name}' in {folder}; there are: {names}.",
        "model.bad_name": "'{name}' cannot be a model's name; use letters, digits, '.', '_' and '-'.",
        "model.reserved_name": "The name '{name}' is taken by Huebrush itself.",
        # Fetching models
        "pull.busy": "{release} is being fetched now.",
        "pull.busy.remedy": "Wait until it is done, or cancel it.",
        "pull.not_started": "Fetching cannot be started: {reason}",
        "pull.ended": "The process that fetched {release} has ended unexpectedly (status {status}).",
        "pull.ended.remedy": "Start again; see the backend's log for the reason.",
        "pull.folder": "{folder} cannot be used as the models folder: {reason}",
        "pull.folder.remedy": "Choose another folder, or leave the field empty for the usual one.",
        "pull.folder_from_variable": "The environment variable {variable} sets the models folder.",
        "pull.folder_from_variable.remedy": "Change or remove that variable.",
        "pull.folder_in_use": "A model is being fetched; wait for it, or cancel it.",
        "pull.folder_not_full": "'{folder}' is not the full path of a folder.",
        "pull.folder_not_full.remedy": "Choose another folder, or leave the field empty for the usual one.",
        "pull.unknown_release": "There is no release '{release}'; there are: {names}.",
        "pull.licence": "The licence {names} has not been accepted.",
        "pull.licence.remedy": "Read it, and accept it first.",
        "pull.files_missing": "{folder} lacks {files}.",
        "pull.files_missing.remedy": "Put the files there under these names.",
        "pull.mirror": "'{address}' is not the address of a mirror: it must begin with https:// or http://.",
        "pull.mirror_silent": "{address} does not say how large the file is; try another mirror.",
        "pull.login": "{repository} asks for a login.",
        "pull.login.remedy": "Fetch the file with a browser, and choose the folder where it lies.",
        "pull.gone": "There is no file {file} at {address} any more; see https://huggingface.co/{repository}.",
        "pull.unreachable": "{address} cannot be reached: {reason}.",
        "pull.unreachable.remedy": "Check the connection, name a mirror, or fetch the files elsewhere and choose their "
        "folder.",
        "pull.checksum": "{file} is damaged: its SHA-256 is {found}, but it should be {expected}. It was deleted.",
        "pull.checksum.remedy": "Fetch it again. If that fails too, do it without a mirror or proxy.",
        "pull.interrupted": "Fetching {file} was interrupted after {present} of {size} bytes: {reason}.",
        "pull.interrupted.remedy": "Start again: it continues from there.",
        "pull.taken": "There is already '{name}' in {folder}.",
        "pull.taken.remedy": "Rename or remove that folder, then start again.",
        "pull.space": "There is too little space in {folder}: {needed} are needed, but only {free} are free.",
        "pull.space.remedy": "Make room, or choose another folder for the models.",
        "pull.unfit": "The fetched file cannot be used: {reason}",
        "pull.disk": "The files cannot be read or written: {reason}",
        "pull.disk.remedy": "Check the disk and the models folder, then start again.",
    }
)
