"""Plugins built outside the tree, from what is installed and nothing else: kit.py BUILD CONTRIB

Installs into a folder of its own, copies the template and the CSV plugin away from the tree, builds each with
make and with meson, and runs `sallyport plugin check` of that installation on them.
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

build, contrib = sys.argv[1:]


def run(*words, **more):
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, **more)
    if done.returncode != 0:
        sys.exit(f'{words}: exit status {done.returncode}\n{done.stdout}{done.stderr}')
    return done.stdout


def build_plugin(name, work, environment):
    for tool in ('make', 'meson'):
        place = work / f'{name}-{tool}'
        shutil.copytree(pathlib.Path(contrib, f'plugin-{name}'), place)
        if tool == 'make':
            told = run('make', 'check', cwd=place, env=environment)
            run('make', 'install', f'DESTDIR={work}/again', cwd=place, env=environment)
            assert list((work / 'again').rglob(f'sallyport/{name}.so')), 'not installed where the server looks'
            assert 'conforms: ' in told, told
            print(told)
        else:
            run('meson', 'setup', 'build', cwd=place, env=environment)
            (place / 'build' / 'mails').touch()
            run('meson', 'test', '-C', 'build', cwd=place, env=environment)
        built = next(place.rglob(f'{name}.so'))
        needs = run('readelf', '-d', built)
        assert 'sallyport' not in needs.replace(str(built), ''), 'it links something of the server'
        symbols = [line.split()[-1] for line in run('nm', '-D', '--defined-only', built).splitlines()]
        assert symbols == ['sp_plugin'], f'it exports {symbols}'


def install(root):
    run('meson', 'install', '-C', build, '--no-rebuild', '--destdir', root)


def install_again(root):
    """A newer version is laid over what runs: the operator's conf file stays."""
    sample, conf = sorted(root.rglob('sallyport.yaml'), key=lambda path: 'share' not in path.parts)
    assert conf.parent.parent.name == 'etc' and conf.read_text() == sample.read_text(), conf
    assert 'applications' in next(root.rglob('share/sallyport/tenant.schema.json')).read_text()
    assert next(root.rglob('systemd/system/sallyport.service')) and next(root.rglob('sbin/sallyportd'))
    conf.write_text('# the operator\'s own\n')
    install(root)
    assert conf.read_text() == '# the operator\'s own\n', conf.read_text()


with tempfile.TemporaryDirectory() as folder:
    work = pathlib.Path(folder)
    install(work / 'root')
    install_again(work / 'root')
    package = next((work / 'root').rglob('sallyport.pc'))
    tool = next((work / 'root').rglob('bin/sallyport'))
    environment = {**os.environ, 'PKG_CONFIG_PATH': str(package.parent), 'PKG_CONFIG_SYSROOT_DIR': str(work / 'root'),
                   'PATH': f'{tool.parent}:{os.environ["PATH"]}'}
    # Nothing that a sanitizer or a perturbed heap of the outer build needs is the author's affair.
    for name in ('CFLAGS', 'LDFLAGS', 'MAKEFLAGS'):
        environment.pop(name, None)
    text = package.read_text()
    assert 'abi=1.0' in text and 'plugindir=' in text, text
    absent = subprocess.run([tool, 'plugin', 'check', 'absent.so', '--json'], cwd=work, capture_output=True, text=True)
    assert absent.returncode == 1 and json.loads(absent.stdout)['conforms'] is False, absent
    assert 'cannot be found' in json.loads(absent.stdout)['checks'][0]['text'], absent.stdout
    for name in ('template', 'csv'):
        build_plugin(name, work, environment)
