/*
 * lines.mjs - a client program, and the test that is its user: one line of JSON each way
 *
 *	serve(async (asked, visit) => {
 *		const back = await visit(url);	// the user goes there: where did he end up?
 *		return { ... };			// to the test
 *	});
 *
 * The test sends `asked`; the program answers {visit}, {done} or {failed}. `back` is {url}, or {url, body}
 * when it was posted.
 */
import readline from 'node:readline';

const lines = readline.createInterface({ input: process.stdin })[Symbol.asyncIterator]();

const tell = (what) => process.stdout.write(JSON.stringify(what) + '\n');

async function hear() {
	const { value, done } = await lines.next();
	return done ? null : JSON.parse(value);
}

function visit(url) {
	tell({ visit: String(url) });
	return hear();
}

/* A key of the test's, given as a JWK. */
export function signing(key) {
	return crypto.subtle.importKey('jwk', key, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign']);
}

/* Libraries hide what happened in the cause of the cause. */
function told(error) {
	const cause = error.cause instanceof Error ? `\ncaused by ${told(error.cause)}` :
		error.cause ? `\ncaused by ${JSON.stringify(error.cause)}` : '';
	return `${error.stack}${cause}`;
}

export async function serve(work) {
	for (let asked = await hear(); asked !== null; asked = await hear()) {
		try {
			tell({ done: await work(asked, visit) });
		} catch (error) {
			tell({ failed: told(error) });
		}
	}
}
