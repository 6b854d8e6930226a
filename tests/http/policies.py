"""Policies for tests: as a document of Graph's, and stored for a while."""
import contextlib

POLICIES = '/identity/conditionalAccess/policies'


def policy(name='Of a test', state='enabled', grant='mfa', apps=('All',), users=None, **conditions):
    """What is not said is all of it. `grant` is a control or all of grantControls; `apps` ids, or all that is said of them."""
    return {'displayName': name, 'state': state,
            'grantControls': grant if isinstance(grant, dict) else {'operator': 'OR', 'builtInControls': [grant]},
            'conditions': {'clientAppTypes': ['all'], 'users': users or {'includeUsers': ['All']},
                           'applications': apps if isinstance(apps, dict) else {'includeApplications': list(apps)}, **conditions}}


@contextlib.contextmanager
def stored(world, *documents):
    """They are there for a while, as they were saved."""
    saved = []
    try:
        for one in documents:
            saved.append(world.must('POST', POLICIES, one))
        yield saved
    finally:
        for one in saved:
            world.must('DELETE', f'{POLICIES}/{one["id"]}')
