"""How many tests passed and failed, from meson's log: count.py TESTLOG.json prints "N N"."""
import json
import sys

GOOD = {'OK', 'EXPECTEDFAIL'}


def main():
    results = []
    try:
        with open(sys.argv[1]) as log:
            results = [json.loads(line) for line in log]
    except OSError as error:
        print(error, file=sys.stderr)
    good = sum(one['result'] in GOOD for one in results)
    for one in results:
        if one['result'] == 'SKIP':
            print(f'skipped, counted as failed: {one["name"]}', file=sys.stderr)
    # No log means that meson itself has failed.
    print(good, len(results) - good if results else 1)


main()
