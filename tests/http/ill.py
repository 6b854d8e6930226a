"""A World whose store, engine and spool are the real ones, with faults by order (tests/plugins/ill.c)."""
import os
import pathlib
import re

from world import PLUGINS, TEST_PLUGINS, World, until

SOUND = ('lmdb', 'memory', 'conditional-access', 'spool')


class Ill(World):
    """`patient`: plugin options (deadline, circuit) that all three get, as the conf file spells them."""

    def __init__(self, patient='', change=lambda text: text, **more):
        self.patient, self.also = patient, change
        super().__init__(change=self.sicken, **more)

    def sicken(self, text):
        self.orders = self.folder / 'orders'
        folder = self.folder / 'plugins'
        folder.mkdir(0o700)
        for source in (PLUGINS, TEST_PLUGINS):
            for path in pathlib.Path(source).glob('*.so'):
                if not (folder / path.name).exists():
                    (folder / path.name).symlink_to(path)
        text = re.sub(r'plugins: .*', f'plugins: {folder}', text, count=1)
        for name in SOUND:
            text = text.replace(f'file: {name}.so', f'file: ill-{name}.so, orders: {self.orders}{self.patient}')
        return self.also(text)

    @property
    def met(self):
        return self.orders.with_name('orders.met')

    def order(self, *lines):
        """From now on, and only this."""
        self.met.unlink(missing_ok=True)
        fresh = self.orders.with_name('orders.new')
        fresh.write_text(''.join(line + '\n' for line in lines))
        os.rename(fresh, self.orders)

    def heal(self):
        """Nothing more; whoever is about to obey has done so when this returns."""
        self.orders.unlink(missing_ok=True)
        if not self.met.exists():
            self.ask('GET', '/tenants', tenant=None)

    def was_met(self):
        """What has been carried out of the orders, each line once for each plugin."""
        return self.met.read_text().splitlines() if self.met.exists() else []

    def until_met(self, line):
        until(lambda: line in self.was_met(), line)
