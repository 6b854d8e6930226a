"""Administrators who sign in as people do, and call the admin API from the network."""
from browser import App
from world import PASSWORD

SYSTEM = '5a119047-7e0d-4a5e-8c1b-000000000001'
TOOLS = '5a119047-7e0d-4a5e-8c1b-0000000000a2'
API = '5a119047-7e0d-4a5e-8c1b-0000000000a1'
ROLES = '/roleManagement/directory/'


def scope_of(tenant):
    return f'api://admin/{tenant}'


class Administrator:
    """Made at the server, with roles: (role, scope) each. `sign_in` passes both doors."""

    def __init__(self, world, address, *roles):
        self.world, self.address = world, address
        self.id = world.customer(address, tenant='system')[1]
        self.assignments = [world.must('POST', ROLES + 'roleAssignments', {
            'principalId': self.id, 'roleDefinitionId': role, 'directoryScopeId': scope}, tenant=None)['id'] for role, scope in roles]
        self.app = App('system', TOOLS, 'http://127.0.0.1:8099/signed-in')
        self.browser = self.refresh_token = None

    def begin(self, scope):
        self.browser = self.browser or self.world.browser()
        return self.app.begin(self.browser, scope=scope)

    def sign_in(self, scope='openid offline_access api://admin/.default'):
        """The answer of the token endpoint."""
        known = self.world.codes(self.address)
        page = self.begin(scope)
        page = self.browser.fill(page, 'password', email=self.address, password=PASSWORD)
        page = self.browser.fill(page, 'code', code=self.world.new_code(self.address, known))
        return self.take(self.app.redeem(self.browser, self.app.code(page)).json())

    def take(self, answer):
        self.refresh_token = answer.get('refresh_token')
        for name in ('access_token', 'refresh_token'):
            if name in answer:
                self.world.canaries.add(answer[name])
        return answer

    def token(self, tenant):
        """An access token that names this tenant: switching is a refresh."""
        if self.refresh_token is None:
            self.sign_in()
        answer = self.app.refresh(self.browser, self.refresh_token, scope=scope_of(tenant)).json()
        return self.take(answer)['access_token']
