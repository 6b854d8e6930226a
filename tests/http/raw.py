"""Raw requests against core/http, each with its stated answer. argv[1]: the test server."""
import sys

from wire import Server, Wire, check, failed
import wire as w

H = 'Host: id.test\r\n'
OPEN, CLOSE = 'open', 'close'
BIG = 'a' * 9000

# Requirement, what it is, what is sent, the replies, and whether the connection goes on: then
# what follows is answered, which also proves that nothing of it was taken for another request.
ROWS = [
    ('req223', 'a plain request', f'GET /hello HTTP/1.1\r\n{H}\r\n', [200], OPEN),
    ('req223', 'an empty line before it', f'\r\nGET /hello HTTP/1.1\r\n{H}\r\n', [200], OPEN),
    ('req223', 'Host in capitals', 'GET /hello HTTP/1.1\r\nHOST: ID.test\r\n\r\n', [200], OPEN),
    ('req223', 'Host with the port implied', 'GET /hello HTTP/1.1\r\nHost: id.test:80\r\n\r\n', [200], OPEN),
    ('req223', 'no space after the colon', 'GET /hello HTTP/1.1\r\nHost:id.test\r\n\r\n', [200], OPEN),
    ('req223', 'no Host', 'GET /hello HTTP/1.1\r\n\r\n', [400], CLOSE),
    ('req223', 'an empty Host', 'GET /hello HTTP/1.1\r\nHost:\r\n\r\n', [400], CLOSE),
    ('req223', 'no Host in 1.0', 'GET /hello HTTP/1.0\r\n\r\n', [400], CLOSE),
    ('req223', 'two Hosts', f'GET /hello HTTP/1.1\r\n{H}{H}\r\n', [400], CLOSE),
    ('req223', 'a Host with a path', 'GET /hello HTTP/1.1\r\nHost: id.test/x\r\n\r\n', [400], OPEN),
    ('req223', 'a Host with a user', 'GET /hello HTTP/1.1\r\nHost: a@id.test\r\n\r\n', [400], OPEN),
    ('attackB7', 'a foreign Host', 'GET /hello HTTP/1.1\r\nHost: evil.test\r\n\r\n', [421], OPEN),
    ('attackB7', 'a Host with another port', 'GET /hello HTTP/1.1\r\nHost: id.test:81\r\n\r\n', [421], OPEN),
    ('attackB7', 'a Host that begins like ours', 'GET /hello HTTP/1.1\r\nHost: id.test.evil.test\r\n\r\n', [421], OPEN),
    ('attackB7', 'X-Forwarded-Host changes nothing', f'GET /who HTTP/1.1\r\n{H}X-Forwarded-Host: evil.test\r\n\r\n', [200], OPEN),
    ('req223', 'absolute form', f'GET http://id.test/hello HTTP/1.1\r\n{H}\r\n', [200], OPEN),
    ('req223', 'absolute form without a path', f'GET http://id.test HTTP/1.1\r\n{H}\r\n', [200], OPEN),
    ('attackB7', 'absolute form, foreign', f'GET http://evil.test/hello HTTP/1.1\r\n{H}\r\n', [421], OPEN),
    ('attackB7', 'absolute form, other scheme', f'GET https://id.test/hello HTTP/1.1\r\n{H}\r\n', [421], OPEN),
    ('attackB7', 'absolute form, Host foreign', 'GET http://id.test/hello HTTP/1.1\r\nHost: evil.test\r\n\r\n', [421], OPEN),
    ('attackB7', 'absolute form with a user', f'GET http://id.test@evil.test/hello HTTP/1.1\r\n{H}\r\n', [421], OPEN),
    ('attackB7', 'two slashes', f'GET //evil.test/hello HTTP/1.1\r\n{H}\r\n', [400], OPEN),
    ('req223', 'a target without a slash', f'GET hello HTTP/1.1\r\n{H}\r\n', [400], CLOSE),
    ('req223', 'a fragment', f'GET /hello#x HTTP/1.1\r\n{H}\r\n', [400], OPEN),
    ('attackF2', 'dots', f'GET /files/../hello HTTP/1.1\r\n{H}\r\n', [400], OPEN),
    ('attackF2', 'a dot', f'GET /./hello HTTP/1.1\r\n{H}\r\n', [400], OPEN),
    ('attackF2', 'encoded dots', f'GET /files/%2e%2E/hello HTTP/1.1\r\n{H}\r\n', [400], OPEN),
    ('attackF2', 'an encoded slash', f'GET /files/a%2fb HTTP/1.1\r\n{H}\r\n', [400], OPEN),
    ('attackF2', 'an encoded backslash', f'GET /files/a%5Cb HTTP/1.1\r\n{H}\r\n', [400], OPEN),
    ('attackF2', 'an encoded zero', f'GET /files/a%00b HTTP/1.1\r\n{H}\r\n', [400], OPEN),
    ('attackF2', 'an encoded new line', f'GET /files/a%0d%0ab HTTP/1.1\r\n{H}\r\n', [400], OPEN),
    ('attackE8', 'a broken percent', f'GET /files/a%2 HTTP/1.1\r\n{H}\r\n', [400], OPEN),
    ('attackE8', 'a path that is not UTF-8', f'GET /files/%ff HTTP/1.1\r\n{H}\r\n', [400], OPEN),
    ('attackE8', 'an overlong slash', f'GET /files/%c0%af HTTP/1.1\r\n{H}\r\n', [400], OPEN),
    ('attackE8', 'a raw byte over 0x7f', b'GET /files/\xc3\xa9 HTTP/1.1\r\nHost: id.test\r\n\r\n', [400], None),
    ('req223', 'a space in the target', f'GET /hel lo HTTP/1.1\r\n{H}\r\n', [[400, 505]], CLOSE),
    ('req223', 'two spaces before the target', f'GET  /hello HTTP/1.1\r\n{H}\r\n', [400], CLOSE),
    ('req223', 'two spaces behind the target', f'GET /hello  HTTP/1.1\r\n{H}\r\n', [[400, 505]], CLOSE),
    ('req223', 'a tab before the target', f'GET\t/hello HTTP/1.1\r\n{H}\r\n', [400], CLOSE),
    ('req223', 'a space behind the version', f'GET /hello HTTP/1.1 \r\n{H}\r\n', [[400, 505]], CLOSE),
    ('req223', 'HTTP/1.2', f'GET /hello HTTP/1.2\r\n{H}\r\n', [505], CLOSE),
    ('req223', 'HTTP/2.0', f'GET /hello HTTP/2.0\r\n{H}\r\n', [505], CLOSE),
    ('req223', 'another protocol', f'SOURCE /hello ICE/1.0\r\n{H}\r\n', [505], CLOSE),
    ('req223', 'a third protocol', f'OPTIONS /echo RTSP/1.0\r\n{H}\r\n', [505], CLOSE),
    ('req223', 'HTTP/0.9', 'GET /hello\r\n\r\n', [[400, 505]], CLOSE),
    ('req223', 'the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', [[400, 501, 505]], CLOSE),
    ('req223', 'lower case http/1.1', f'GET /hello http/1.1\r\n{H}\r\n', [[400, 505]], CLOSE),
    ('req223', 'a bare LF', 'GET /hello HTTP/1.1\nHost: id.test\n\n', [400], CLOSE),
    ('req223', 'a bare LF after a field', 'GET /hello HTTP/1.1\r\nHost: id.test\nX: y\r\n\r\n', [400], CLOSE),
    ('req223', 'a bare CR in a value', 'GET /hello HTTP/1.1\r\nHost: id.test\r\nX: a\rb\r\n\r\n', [400], CLOSE),
    ('req223', 'a folded line', f'GET /hello HTTP/1.1\r\n{H}X: a\r\n b\r\n\r\n', [400], CLOSE),
    ('req223', 'a folded first line', f'GET /hello HTTP/1.1\r\n X: a\r\n{H}\r\n', [400], CLOSE),
    ('req223', 'a zero in a value', f'GET /hello HTTP/1.1\r\n{H}X: a\0b\r\n\r\n', [400], CLOSE),
    ('req223', 'a control character in a value', f'GET /hello HTTP/1.1\r\n{H}X: a\x07b\r\n\r\n', [400], CLOSE),
    ('req223', 'a space before the colon', f'GET /hello HTTP/1.1\r\n{H}X : a\r\n\r\n', [400], CLOSE),
    ('req223', 'an empty name', f'GET /hello HTTP/1.1\r\n{H}: a\r\n\r\n', [400], CLOSE),
    ('req223', 'a line without a colon', f'GET /hello HTTP/1.1\r\n{H}nothing\r\n\r\n', [400], CLOSE),
    ('req223', 'an empty value', f'GET /who HTTP/1.1\r\n{H}X-Test:\r\n\r\n', [200], OPEN),
    ('req223', 'two Authorizations', f'GET /hello HTTP/1.1\r\n{H}Authorization: a\r\nAuthorization: b\r\n\r\n', [400], CLOSE),
    ('req223', 'a body', f'POST /echo HTTP/1.1\r\n{H}Content-Length: 3\r\n\r\nabc', [200], OPEN),
    ('req223', 'two equal lengths', f'POST /echo HTTP/1.1\r\n{H}Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc', [400], CLOSE),
    ('req223', 'two lengths', f'POST /echo HTTP/1.1\r\n{H}Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd', [400], CLOSE),
    ('req223', 'a list of lengths', f'POST /echo HTTP/1.1\r\n{H}Content-Length: 3, 3\r\n\r\nabc', [400], CLOSE),
    ('req223', 'length +3', f'POST /echo HTTP/1.1\r\n{H}Content-Length: +3\r\n\r\nabc', [400], CLOSE),
    ('req223', 'length -3', f'POST /echo HTTP/1.1\r\n{H}Content-Length: -3\r\n\r\nabc', [400], CLOSE),
    ('req223', 'length 0x3', f'POST /echo HTTP/1.1\r\n{H}Content-Length: 0x3\r\n\r\nabc', [400], CLOSE),
    ('req223', 'an empty length', f'POST /echo HTTP/1.1\r\n{H}Content-Length:\r\n\r\n', [400], CLOSE),
    ('req223', 'a length of 2^64 + 3', f'POST /echo HTTP/1.1\r\n{H}Content-Length: 18446744073709551619\r\n\r\nabc', [400], CLOSE),
    ('req223', 'length and chunks', f'POST /echo HTTP/1.1\r\n{H}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', [400], CLOSE),
    ('req223', 'chunks and length', f'POST /echo HTTP/1.1\r\n{H}Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n', [400], CLOSE),
    ('req223', 'chunks', f'POST /echo HTTP/1.1\r\n{H}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n', [200], OPEN),
    ('req223', 'Chunked', f'POST /echo HTTP/1.1\r\n{H}Transfer-Encoding: Chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n', [200], OPEN),
    ('req223', 'chunks with a trailer', f'POST /echo HTTP/1.1\r\n{H}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nHost: evil.test\r\n\r\n', [200], OPEN),
    ('req223', 'xchunked', f'POST /echo HTTP/1.1\r\n{H}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n', [400], CLOSE),
    ('req223', 'gzip, chunked', f'POST /echo HTTP/1.1\r\n{H}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n', [400], CLOSE),
    ('req223', 'chunked, gzip', f'POST /echo HTTP/1.1\r\n{H}Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n', [400], CLOSE),
    ('req223', 'identity', f'POST /echo HTTP/1.1\r\n{H}Transfer-Encoding: identity\r\n\r\n', [400], CLOSE),
    ('req223', 'chunked twice', f'POST /echo HTTP/1.1\r\n{H}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', [400], CLOSE),
    ('req223', 'chunked on 1.0', f'POST /echo HTTP/1.0\r\n{H}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n', [400], CLOSE),
    ('req223', 'chunked with a tab', f'POST /echo HTTP/1.1\r\n{H}Transfer-Encoding:\x0bchunked\r\n\r\n0\r\n\r\n', [400], CLOSE),
    ('req223', 'a chunk of size +3', f'POST /echo HTTP/1.1\r\n{H}Transfer-Encoding: chunked\r\n\r\n+3\r\nabc\r\n0\r\n\r\n', [400], CLOSE),
    ('req223', 'a chunk of size 0x3', f'POST /echo HTTP/1.1\r\n{H}Transfer-Encoding: chunked\r\n\r\n0x3\r\nabc\r\n0\r\n\r\n', [400], CLOSE),
    ('req223', 'a chunk size of 2^64 + 3', f'POST /echo HTTP/1.1\r\n{H}Transfer-Encoding: chunked\r\n\r\n10000000000000003\r\nabc\r\n0\r\n\r\n', [[400, 413]], CLOSE),
    ('req223', 'a chunk without its end', f'POST /echo HTTP/1.1\r\n{H}Transfer-Encoding: chunked\r\n\r\n3\r\nabcde\r\n0\r\n\r\n', [400], CLOSE),
    ('req223', 'chunk lines with bare LF', f'POST /echo HTTP/1.1\r\n{H}Transfer-Encoding: chunked\r\n\r\n3\nabc\n0\n\n', [400], CLOSE),
    ('req223', 'a bare LF that ends the chunks', f'POST /echo HTTP/1.1\r\n{H}Transfer-Encoding: chunked\r\n\r\n0\r\n\nGET /hello HTTP/1.1\r\n{H}\r\n', [400], CLOSE),
    ('req223', 'a bare LF that ends a trailer', f'POST /echo HTTP/1.1\r\n{H}Transfer-Encoding: chunked\r\n\r\n0\r\nX: y\n\r\nGET /hello HTTP/1.1\r\n{H}\r\n', [400], CLOSE),
    ('req223', 'a bare CR in a trailer', f'POST /echo HTTP/1.1\r\n{H}Transfer-Encoding: chunked\r\n\r\n0\r\nX: a\rb\r\n\r\nGET /hello HTTP/1.1\r\n{H}\r\n', [400], CLOSE),
    ('req223', 'a folded trailer', f'POST /echo HTTP/1.1\r\n{H}Transfer-Encoding: chunked\r\n\r\n0\r\nX: a\r\n b\r\n\r\nGET /hello HTTP/1.1\r\n{H}\r\n', [400], CLOSE),
    ('req223', 'a trailer without a name', f'POST /echo HTTP/1.1\r\n{H}Transfer-Encoding: chunked\r\n\r\n0\r\n:x\r\n\r\nGET /hello HTTP/1.1\r\n{H}\r\n', [400], CLOSE),
    ('req223', 'a second trailer without a name', f'POST /echo HTTP/1.1\r\n{H}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX: y\r\n: z\r\n\r\nGET /hello HTTP/1.1\r\n{H}\r\n', [400], CLOSE),
    ('req223', 'a trailer with a space before the colon', f'POST /echo HTTP/1.1\r\n{H}Transfer-Encoding: chunked\r\n\r\n0\r\nX : y\r\n\r\nGET /hello HTTP/1.1\r\n{H}\r\n', [400], CLOSE),
    ('req223', 'a trailer without a colon', f'POST /echo HTTP/1.1\r\n{H}Transfer-Encoding: chunked\r\n\r\n0\r\nnothing\r\n\r\nGET /hello HTTP/1.1\r\n{H}\r\n', [400], CLOSE),
    ('req223', 'colons in chunks', f'POST /echo HTTP/1.1\r\n{H}Transfer-Encoding: chunked\r\n\r\n4\r\n:\r\n:\r\n0\r\nX:: y\r\n\r\n', [200], OPEN),
    ('req223', 'a bare LF behind a chunk', f'POST /echo HTTP/1.1\r\n{H}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\n0\r\n\r\nGET /hello HTTP/1.1\r\n{H}\r\n', [400], CLOSE),
    ('req223', 'a bare LF in a chunk extension', f'POST /echo HTTP/1.1\r\n{H}Transfer-Encoding: chunked\r\n\r\n3;a\nabc\r\n0\r\n\r\nGET /hello HTTP/1.1\r\n{H}\r\n', [400], CLOSE),
    ('req223', 'a bare CR in a chunk extension', f'POST /echo HTTP/1.1\r\n{H}Transfer-Encoding: chunked\r\n\r\n3;a\rb\r\nabc\r\n0\r\n\r\nGET /hello HTTP/1.1\r\n{H}\r\n', [400], CLOSE),
    ('req223', 'a zero in a chunk extension', f'POST /echo HTTP/1.1\r\n{H}Transfer-Encoding: chunked\r\n\r\n3;a\0b\r\nabc\r\n0\r\n\r\nGET /hello HTTP/1.1\r\n{H}\r\n', [400], CLOSE),
    ('req223', 'a space behind a chunk size', f'POST /echo HTTP/1.1\r\n{H}Transfer-Encoding: chunked\r\n\r\n3 \r\nabc\r\n0\r\n\r\nGET /hello HTTP/1.1\r\n{H}\r\n', [400], CLOSE),
    ('req223', 'a smuggled request behind a GET', f'GET /hello HTTP/1.1\r\n{H}Content-Length: 30\r\n\r\nGET /never HTTP/1.1\r\nX: 1234\r\n', [413], CLOSE),
    ('req224', 'a target over 8 KiB', f'GET /{BIG} HTTP/1.1\r\n{H}\r\n', [414], CLOSE),
    ('req224', 'a target over 16 KiB', f'GET /{BIG}{BIG} HTTP/1.1\r\n{H}\r\n', [414], CLOSE),
    ('req224', 'a head just under 16 KiB', f'GET /who HTTP/1.1\r\n{H}X: {BIG}\r\nY: {BIG[:7000]}\r\n\r\n', [200], OPEN),
    ('req224', 'a head over 16 KiB', f'GET /hello HTTP/1.1\r\n{H}X: {BIG}\r\nY: {BIG}\r\n\r\n', [431], CLOSE),
    ('req224', 'a head without end', f'GET /hello HTTP/1.1\r\n{H}' + f'X: {BIG}\r\n' * 5, [431], CLOSE),
    ('req224', '100 fields', f'GET /hello HTTP/1.1\r\n{H}' + 'X: y\r\n' * 99 + '\r\n', [200], OPEN),
    ('req224', '101 fields', f'GET /hello HTTP/1.1\r\n{H}' + 'X: y\r\n' * 100 + '\r\n', [431], CLOSE),
    ('req224', 'a body at the limit', f'POST /echo HTTP/1.1\r\n{H}Content-Length: 65536\r\n\r\n' + 'b' * 65536, [200], OPEN),
    ('req224', 'a body over the limit, early', f'POST /echo HTTP/1.1\r\n{H}Content-Length: 65537\r\n\r\n', [413], CLOSE),
    ('req224', 'a body over the limit, sent', f'POST /echo HTTP/1.1\r\n{H}Content-Length: 90000\r\n\r\n' + 'b' * 90000, [413], CLOSE),
    ('req224', 'chunks over the limit', f'POST /echo HTTP/1.1\r\n{H}Transfer-Encoding: chunked\r\n\r\n' + ('4000\r\n' + 'b' * 0x4000 + '\r\n') * 5 + '0\r\n\r\n', [413], CLOSE),
    ('req224', 'chunk extensions without end', f'POST /form HTTP/1.1\r\n{H}Transfer-Encoding: chunked\r\n\r\n3;a=' + 'b' * 90000, [413], CLOSE),
    ('req224', 'the limit is the route\'s', f'PUT /echo HTTP/1.1\r\n{H}Content-Length: 200000\r\n\r\n' + 'b' * 200000, [200], OPEN),
    ('req224', 'chunks of one byte', f'POST /form HTTP/1.1\r\n{H}Content-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n' + '1\r\na\r\n' * 4000 + '0\r\n\r\n', [200], OPEN),
    ('req225', 'an unknown method', f'BREW /hello HTTP/1.1\r\n{H}\r\n', [501], CLOSE),
    ('req225', 'TRACE', f'TRACE /hello HTTP/1.1\r\n{H}\r\n', [501], OPEN),
    ('req225', 'CONNECT', 'CONNECT evil.test:443 HTTP/1.1\r\nHost: id.test\r\n\r\n', [501], OPEN),
    ('req225', 'another method', f'DELETE /hello HTTP/1.1\r\n{H}\r\n', [405], OPEN),
    ('req225', 'OPTIONS', f'OPTIONS /echo HTTP/1.1\r\n{H}\r\n', [204], OPEN),
    ('req225', 'OPTIONS *', f'OPTIONS * HTTP/1.1\r\n{H}\r\n', [204], OPEN),
    ('req225', 'GET *', f'GET * HTTP/1.1\r\n{H}\r\n', [400], OPEN),
    ('req225', 'nothing there', f'GET /nothing HTTP/1.1\r\n{H}\r\n', [404], OPEN),
    ('req225', 'another surface', f'GET /v1.0/secret HTTP/1.1\r\n{H}\r\n', [404], OPEN),
    ('req225', 'a slash too much', f'GET /hello/ HTTP/1.1\r\n{H}\r\n', [404], OPEN),
    ('req225', 'a lower case method', f'get /hello HTTP/1.1\r\n{H}\r\n', [400], CLOSE),
    ('req223', 'Upgrade is not heard', f'GET /hello HTTP/1.1\r\n{H}Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n', [200], OPEN),
    ('req223', 'Connection: close', f'GET /hello HTTP/1.1\r\n{H}Connection: close\r\n\r\n', [200], CLOSE),
    ('req223', '1.0 closes', f'GET /hello HTTP/1.0\r\n{H}\r\n', [200], CLOSE),
    ('req223', '1.0 with keep-alive', f'GET /hello HTTP/1.0\r\n{H}Connection: keep-alive\r\n\r\n', [200], OPEN),
    ('req223', 'nothing after close', f'GET /hello HTTP/1.1\r\n{H}Connection: close\r\n\r\nGET /hello HTTP/1.1\r\n{H}\r\n', [200], CLOSE),
    ('req223', 'an expectation', f'POST /echo HTTP/1.1\r\n{H}Expect: 200-ok\r\nContent-Length: 3\r\n\r\nabc', [417], CLOSE),
    ('req223', '100-continue with the body sent', f'POST /echo HTTP/1.1\r\n{H}Expect: 100-continue\r\nContent-Length: 3\r\n\r\nabc', [200], OPEN),
    ('req223', '100-continue on 1.0', f'POST /echo HTTP/1.0\r\n{H}Expect: 100-continue\r\nContent-Length: 3\r\n\r\nabc', [200], CLOSE),
    ('req223', '100-continue for nothing', f'POST /nothing HTTP/1.1\r\n{H}Expect: 100-continue\r\nContent-Length: 3\r\n\r\n', [404], CLOSE),
    ('req223', '100-continue for too much', f'POST /echo HTTP/1.1\r\n{H}Expect: 100-continue\r\nContent-Length: 99999\r\n\r\n', [413], CLOSE),
    ('req223', 'three in one', f'GET /hello HTTP/1.1\r\n{H}\r\nPOST /echo HTTP/1.1\r\n{H}Content-Length: 1\r\n\r\nxGET /nothing HTTP/1.1\r\n{H}\r\n', [200, 200, 404], OPEN),
    ('req223', 'behind an async reply', f'GET /slow/50 HTTP/1.1\r\n{H}\r\nGET /hello HTTP/1.1\r\n{H}\r\nGET /lane HTTP/1.1\r\n{H}\r\n', [200, 200, 200], OPEN),
    ('req223', 'forty behind a lane', f'GET /lane HTTP/1.1\r\n{H}\r\n' * 40, [200] * 40, OPEN),
    ('req223', 'many behind an async reply', f'GET /slow/50 HTTP/1.1\r\n{H}\r\n' + f'GET /hello HTTP/1.1\r\n{H}\r\n' * 2000, [200] * 2001, OPEN),
    ('req223', 'rubbish behind an async reply', f'GET /slow/50 HTTP/1.1\r\n{H}\r\nrubbish\r\n\r\n', [200, 400], CLOSE),
    ('req223', 'a form', f'POST /form HTTP/1.1\r\n{H}Content-Type: application/x-www-form-urlencoded; charset=utf-8\r\nContent-Length: 7\r\n\r\na=1&b=2', [200], OPEN),
    ('req223', 'a form of another type', f'POST /form HTTP/1.1\r\n{H}Content-Type: text/plain\r\nContent-Length: 3\r\n\r\na=1', [400], OPEN),
    ('req223', 'a form with a zero', f'POST /form HTTP/1.1\r\n{H}Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 5\r\n\r\na=%00', [400], OPEN),
    ('req223', 'a redirect with a new line', f'GET /redirect?to=/a%0d%0aSet-Cookie:x=y HTTP/1.1\r\n{H}\r\n', [500], OPEN),
    ('attackE7', 'a query that is never a path', f'GET /hello?/../..%2f HTTP/1.1\r\n{H}\r\n', [200], OPEN),
]


def fits(wanted, status):
    return status in wanted if isinstance(wanted, list) else status == wanted


def run_row(port, row, split):
    tag, what, data, replies, after = row
    data = data if isinstance(data, bytes) else data.encode('latin-1')
    wire = Wire(port)
    if split and len(data) < 400:
        what += ', byte by byte'
        for i in range(len(data)):
            wire.send(data[i:i + 1])
    else:
        wire.send(data)
    got = [wire.reply().status for _ in replies]
    if split and got == [100]:      # the body was not there yet: it is asked for
        got = [wire.reply().status]
    check(tag, what, len(got) == len(replies) and all(map(fits, replies, got)), got[:5])
    if after == OPEN:
        wire.send(f'GET /hello HTTP/1.1\r\n{H}\r\n')
        check(tag, f'{what}, and goes on', wire.reply().body == b'hello\n')
    elif after == CLOSE:
        check(tag, f'{what}, and closes', wire.ended(), wire.seen[:80])
    wire.close()


def test_rows(server):
    for row in ROWS:
        run_row(server.port, row, False)
    for row in ROWS:
        run_row(server.port, row, True)
    check('attackF4', 'none of these has ended the process', server.child.poll() is None)


def get(server, path, more='', method='GET', **how):
    wire = server.wire(**how).send(f'{method} {path} HTTP/1.1\r\n{H}{more}Connection: close\r\n\r\n')
    reply = wire.reply(head=method == 'HEAD')
    check('req223', f'{path} ends', wire.ended(), wire.seen[:80])
    wire.close()
    return reply


def test_headers(server):
    for path, status in (('/hello', 200), ('/nothing', 404), ('/a%00', 400), ('/redirect?to=/x', 303)):
        reply = get(server, path)
        check('req215', path, reply.status == status, reply.status)
        for name, value in (('X-Content-Type-Options', 'nosniff'), ('Referrer-Policy', 'no-referrer'),
                            ('Cross-Origin-Opener-Policy', 'same-origin'),
                            ('Cross-Origin-Resource-Policy', 'same-origin')):
            check('req215', f'{name} of {path}', reply.header(name) == value)
        check('req215', 'Permissions-Policy', reply.header('Permissions-Policy') is not None)
        check('req214', 'frame-ancestors', "frame-ancestors 'none'" in reply.header('Content-Security-Policy'))
        check('req220', 'no-store', reply.header('Cache-Control') == 'no-store')
        check('req225', 'no banner', reply.header('Server') is None)
        check('req213', 'no HSTS on http', reply.header('Strict-Transport-Security') is None)
        check('req229', 'a correlation id', len(reply.header('X-Request-Id')) == 16)
        if reply.body:
            check('req216', 'a charset', 'charset=utf-8' in reply.header('Content-Type'))
    check('req220', 'a handler may cache', get(server, '/files/a/b').header('Cache-Control') == 'max-age=60')
    reply = get(server, '/nothing')
    check('req229', 'the error names the id', reply.header('X-Request-Id').encode() in reply.body)
    reply = get(server, '/hello', method='HEAD')
    check('req223', 'HEAD has a length and no body', reply.header('Content-Length') == '6')
    check('req223', 'HEAD is one route with GET', reply.status == 200)
    allow = get(server, '/echo', method='DELETE').header('Allow')
    check('req225', 'Allow', sorted(allow.split(', ')) == ['OPTIONS', 'POST', 'PUT'], allow)
    check('req223', 'Location', get(server, '/redirect?to=/x').header('Location') == '/x')


def test_routes(server):
    for path, body in (('/pair/a%20b/c', 'pair: a b, c'), ('/pair/literal/same', 'literal'),
                       ('/pair/literal/other', 'pair: literal, other'), ('/pair/both', 'both'),
                       ('/files/a/b', 'a/b'), ('/files/a/', 'a/'), ('/', 'root')):
        check('req225', f'route {path}', get(server, path).body.decode() == body, get(server, path).body)
    who = get(server, '/who?a=b%20c', 'X-Test: one\r\nX-Test: two\r\n').body.decode()
    check('req223', 'what a handler sees', who == 'GET /who?a=b%20c from 127.0.0.1 uid -1 at http://id.test test one, two', who)
    reply = get(server, '/cookie', 'Cookie: sp-a=1; b=2\r\n')
    check('req193', 'a cookie', reply.body == b'1')
    check('req193', 'a cookie is set', reply.header('Set-Cookie') == 'sp-a=v; Path=/; HttpOnly; SameSite=Lax')
    check('attackD2', 'a doubled cookie', get(server, '/cookie', 'Cookie: sp-a=1; sp-a=2\r\n').body == b'doubled')
    check('attackD2', 'on two lines', get(server, '/cookie', 'Cookie: sp-a=1\r\nCookie: sp-a=2\r\n').body == b'doubled')
    check('req223', 'a big reply', len(get(server, '/big/3000000').body) == 3000000)


def test_continue(server):
    wire = server.wire().send(f'POST /echo HTTP/1.1\r\n{H}Expect: 100-continue\r\nContent-Length: 3\r\n\r\n')
    check('req223', '100 Continue', wire.reply().status == 100)
    check('req223', 'then the reply', wire.send('abc').reply().body == b'abc')
    wire.close()


def test_half_closed(server):
    import socket
    wire = server.wire().send(f'GET /big/3000000 HTTP/1.1\r\n{H}\r\n')
    wire.sock.shutdown(socket.SHUT_WR)
    check('req223', 'a half-closed peer reads on', len(wire.reply().body) == 3000000)
    check('req223', 'and then it ends', wire.ended())
    wire.close()


if __name__ == '__main__':
    import raw_more
    plain = Server()
    for test in (test_rows, test_headers, test_routes, test_continue, test_half_closed):
        test(plain)
    plain.quit()
    raw_more.run()
    print(f'{len(ROWS)} requests, {w.ran} checks, {len(failed)} failed')
    sys.exit(len(failed) > 0)
