"""Moved to `spread.files`."""

from spread.files import settle_file, settle_folder, write_file, write_whole

__all__ = ["settle_file", "settle_folder", "write_file", "write_whole"]
