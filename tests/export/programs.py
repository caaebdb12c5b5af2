"""The programs that `export python` and `export c` make of a recording: whole
and without a warning, as far as one can tell without running them."""
import os
import shutil
import subprocess
import sys

SOCKSTAGE = os.environ['SOCKSTAGE']
WARNINGS = ['-std=c17', '-Wall', '-Wextra', '-Wpedantic', '-Werror']


class Failed(Exception):
    pass


def must(*command):
    """Nothing to complain about: exit code 0, and not a word."""
    done = subprocess.run(command, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False)
    if done.returncode != 0 or done.stdout:
        raise Failed('%s: exit %d\n%s' % (' '.join(command), done.returncode,
                                          done.stdout.decode()))


def export(recording, out, *options):
    kind = 'python' if out.endswith('.py') else 'c'
    must(SOCKSTAGE, 'export', kind, '--force', '-o', out, recording, *options)


def compilers():
    return [path for path in map(shutil.which, ('gcc', 'clang')) if path]


def check(recording, work, *options):
    """Exports both into the folder; gives the paths of .py and .c."""
    python = os.path.join(work, 'program.py')
    c = os.path.join(work, 'program.c')
    export(recording, python, *options)
    export(recording, c, *options)
    must(sys.executable, '-W', 'error', '-m', 'py_compile', python)
    for compiler in compilers():
        must(compiler, *WARNINGS, '-O1', '-c', '-o', os.devnull, c)
    return python, c


def build(c, *options):
    """The C program with the sanitizers; its path."""
    out = c[:-2]
    must(compilers()[0], *WARNINGS, '-g', '-fsanitize=address,undefined',
         '-fno-sanitize-recover=all', *options, '-o', out, c)
    return out
