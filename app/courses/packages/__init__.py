"""Courses as packages: one ZIP file out, our own or a Common Cartridge in."""
