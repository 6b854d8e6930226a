"""The figures as tables: medians of the rounds, and how near each is to its limit."""


def number(value):
    if value is None:
        return '-'
    if value >= 1000:
        return f'{value:,.0f}'
    return f'{value:.1f}' if value >= 10 else f'{value:.2f}'


def show_rows(head, rows):
    rows = [head] + [[cell if isinstance(cell, str) else number(cell) for cell in row]
                     for row in rows]
    widths = [max(len(row[i]) for row in rows) for i in range(len(head))]
    for at, row in enumerate(rows):
        cells = [cell.ljust(width) if i == 0 else cell.rjust(width)
                 for i, (cell, width) in enumerate(zip(row, widths))]
        print('| ' + ' | '.join(cells) + ' |')
        if at == 0:
            print('|' + '|'.join('-' * (width + 2) for width in widths) + '|')
    print()


def ratio(value, limit):
    return value / limit if value and limit else None


def show_flows(flows):
    print('What one flow writes\n')
    show_rows(['flow', 'batches', 'waited', 'puts', 'scattered', 'removes', 'bytes', 'syncs c1',
               'syncs c16'],
              [[mode, flow['batches'], flow['waited'], flow['puts'], flow['scattered'],
                flow['removes'], flow['bytes'],
                flow['transactions'] if mode != 'resend' else '-',
                flow.get('transactions_16', flow['transactions'])]
               for mode, flow in flows.items()])
    for mode, flow in flows.items():
        kinds = ', '.join(f'{name} {number(kind["puts"])}' +
                          (f' ({number(kind["scattered"])} scattered)' if kind['scattered'] else '')
                          for name, kind in flow['kinds'].items() if kind['puts'])
        print(f'- {mode}: {kinds}')
    print()


def rate(report):
    return report['count'] / report['seconds']


def cpu_rate(report):
    return report['count'] / report['cpu'] if report['cpu'] else 0


def show_sign_ins(bench):
    median = bench.samples.median
    argon, argon_cpu = (median('argon', 0, what) for what in (rate, cpu_rate))
    rows = []
    for mode, counts in bench.counts.items():
        for many in counts:
            here, cpu = (median(mode, many, what) for what in (rate, cpu_rate))
            bare = median('lmdb ' + mode.split()[0], many, rate)
            hashes = mode not in ('resend', 'refresh')
            rows.append([f'{mode} c{many}', here,
                         *(median(mode, many, lambda r, at=at: r[at]) for at in ('p50', 'p99')),
                         cpu, ratio(here, argon) if hashes else '-',
                         ratio(cpu, argon_cpu) if hashes else '-', bare, ratio(here, bare),
                         str(sum(r['failures'] for r in bench.samples[mode, many]))])
    print(f'Sign-ins, {bench.hashing} hash: bare Argon2id {number(argon)}/s, '
          f'{number(argon_cpu)} a processor-second\n')
    show_rows(['flow', 'flows/s', 'p50 ms', 'p99 ms', 'flows/cpu-s', '/argon', '/argon cpu',
               'bare lmdb/s', '/lmdb', 'failed'], rows)


def show_discovery(bench):
    median = bench.samples.median
    rows = []
    for name, many in (('discovery', 1), ('discovery', 16), ('discovery beside', 1)):
        bare_many = many if name == 'discovery' else 1
        here, cpu = median(name, many, rate), median(name, many, cpu_rate)
        bare, bare_cpu = (median('http', bare_many, what) for what in (rate, cpu_rate))
        beside = name != 'discovery'
        rows.append([f'{name} 16' if beside else f'{name} c{many}', here,
                     *(median(name, many, lambda r, at=at: r[at])
                       for at in ('p50', 'p90', 'p99')), '-' if beside else cpu, bare,
                     ratio(here, bare), '-' if beside else ratio(cpu, bare_cpu)])
    print('Discovery, beside a bufferevent program that answers as many bytes\n')
    show_rows(['request', 'r/s', 'p50 ms', 'p90 ms', 'p99 ms', 'r/cpu-s', 'bare r/s', 'ratio',
               'ratio cpu'], rows)


def show_tokens(bench):
    median = bench.samples.median
    rows = []
    for mode, name, limit in (('userinfo', 'userinfo', 'verify'), ('introspect', 'introspection', 'verify'),
                              ('alone', 'client_credentials', 'sign')):
        bare, bare_cpu = (median(limit, 0, what) for what in (rate, cpu_rate))
        for many in (1, 16):
            here, cpu = (median(mode, many, what) for what in (rate, cpu_rate))
            rows.append([f'{name} c{many}', here,
                         *(median(mode, many, lambda r, at=at: r[at]) for at in ('p50', 'p99')),
                         cpu, bare, ratio(here, bare), ratio(cpu, bare_cpu)])
    print('Userinfo and introspection, beside bare verifications of ES256; client_credentials, beside bare signatures\n')
    show_rows(['request', 'r/s', 'p50 ms', 'p99 ms', 'r/cpu-s', 'bare/s', 'ratio',
               'ratio cpu'], rows)


def show(machine, flows, benches):
    print(f'{machine["date"]}, {machine["processors"]} x {machine["model"]}, Linux '
          f'{machine["kernel"]}, load before: {machine["load"]:.1f}\n')
    show_flows(flows)
    for bench in benches:
        show_sign_ins(bench)
        if ('discovery', 1) in bench.samples:
            show_discovery(bench)
        if ('userinfo', 1) in bench.samples:
            show_tokens(bench)
        print(f'Memory of the server, MiB: {bench.memory["VmHWM"]} at most, of it its own at '
              f'the end {bench.memory["RssAnon"]}\n')
