/* show.js - what the page says, as JSON that the test reads; each button does one thing and says what came of it */
'use strict';

const said = document.getElementById('said');

function show(what) {
	said.textContent = JSON.stringify(what);
}

function failed(error) {
	show({ failed: error.errorCode || error.error || String(error), stack: String(error.stack) });
}

function buttons(actions) {
	for (const [name, action] of Object.entries(actions))
		document.getElementById(name).onclick = () => {
			show({ busy: name });
			action().then((what) => what && show(what)).catch(failed);
		};
}
