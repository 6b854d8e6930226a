"""The server's own table of the admin API."""
import pathlib
import re

from world import SOURCE, same


def routes():
    """(method, path, area, whether it changes what is there for programs that bear a token)"""
    text = pathlib.Path(SOURCE, 'core/surface/admin/admin.c').read_text()
    names = dict(re.findall(r'#define (METHODS|ROLES|DELETED) "([^"]+)"', text))
    table = text[text.index('admin_routes[] = {'):]
    found = []
    for path, area in re.findall(r'\tDOCUMENTS\("([^"]+)",\s*\w+, AREA_(\w+)\)', table):
        found += [('GET', path, area, False), ('POST', path, area, True), ('GET', path + '/{id}', area, False),
                  ('PATCH', path + '/{id}', area, True), ('DELETE', path + '/{id}', area, True)]
    for method, name, path, what in re.findall(r'\tROUTE\("(\w+)", (?:(METHODS|ROLES|DELETED) ?)?(?:"([^"]*)")?, (.*?)\),\n', table, re.S):
        area = re.search(r'(W\()?AREA_(\w+)', what)
        assert area, (method, path, 'names no area')
        found.append((method, names.get(name, '') + path, area[2], area[1] is not None))
    count = len(re.findall(r'\tROUTE\(', table)) + 5 * len(re.findall(r'\tDOCUMENTS\(', table))
    same(len(found), count)
    return [(method, path, area.lower(), changes) for method, path, area, changes in found]
