/* What does not parse: every mistake says where it stands and what to write
 * instead. One row a mistake. */
#include "sockstage/script/script.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct mistake {
    const char *text;
    int line, column;
    const char *what; /* how the message begins */
} mistakes[] = {
    {"s.listen(5)", 1, 1, "say which process does this: server: s.listen(5)"},
    {"ls = socket()", 1, 1, "say which process does this: c1: ls = socket()"},
    {"c1.s.send(b'hi')", 1, 1,
        "the process stands before a colon, not before a dot: write"},
    {"listen(5)", 1, 1, "say which process does this: server: listen(5)"},
    {"lisen server", 1, 1,
        "no line begins with lisen; a line is PROCESS: CALL, or a"},
    {"expct c1.s.state == LISTEN", 1, 1,
        "no line begins with expct; did you mean expect c1.s.state"},
    {"client: s = socket()", 1, 1,
        "client is a host; the processes on it are c1, c2, ...:"},
    {"wire: s = socket()", 1, 1,
        "wire is no process; its lines have no colon: wire hold"},
    {"Server: s = socket()", 1, 1, "the server process is written server:"},
    {"note: hello", 1, 1,
        "note is a line of its own and no process; it has no colon:"},
    {"title:x", 1, 1,
        "title is a line of its own and no process; it has no colon:"},
    {"try:", 1, 1,
        "try is not in the notation: put the program in a file, c1:"},
    {"while True:", 1, 1,
        "while is not in the notation: put the program in a file,"},
    {"for i in range(3):", 1, 1,
        "for is not in the notation: put the program in a file, c1:"},
    {"c1: while True: pass", 1, 5,
        "while is not in the notation: put the program in a file,"},
    {"c1: if x: pass", 1, 5,
        "if is not in the notation: put the program in a file, c1: $"},
    {"c1: s.send(b'x')", 1, 5, "c1 has no name s here: it has no names yet"},
    {"c1: s = socket(); s.connect(('server', 8080))", 1, 17,
        "one action a line"},
    {"c1: s = socket", 1, 15, "a call has parentheses: socket()"},
    {"c1: s = sokcet()", 1, 9,
        "the stage has no call sokcet() that stands alone; did you"},
    {"c1: s = socket.socket(socket.AF_INETT)", 1, 30,
        "the stage has no socket.AF_INETT; did you mean"},
    {"c1: socket()", 1, 5, "nobody keeps the new socket: write s = socket()"},
    {"c1: s = socket()\nc1: s.connect('server', 8080)", 2, 15,
        "connect() takes one address, a pair in parentheses of its"},
    {"c1: s = socket()\nc1: s.connect('server')", 2, 15,
        "connect() takes an address, a pair (host, port) in"},
    {"c1: s = socket()\nc1: s.connect(('server', '8080'))", 2, 26,
        "the port is a number, without quotes"},
    {"c1: s = socket()\nc1: s.connect((8080))", 2, 15,
        "connect() takes an address, a pair (host, port) in"},
    {"c1: s = socket()\nc1: s.connect(('server',))", 2, 15,
        "the address of connect() is a pair (host, port):"},
    {"c1: s = socket()\nc1: s.connect((10.0.0.1, 8080))", 2, 15,
        "an IP address is quoted: '10.0.0.1'"},
    {"c1: s = socket()\nc1: s.connect((server, 8080))", 2, 16,
        "c1 has no name server; the name of a host is quoted:"},
    {"c1: s = socket()\nc1: s.send('hello')", 2, 12,
        "send() takes bytes, not str: b'hello'"},
    {"c1: s = socket()\nc1: s.send('안녕')", 2, 12,
        "send() takes bytes, not str: '안녕'.encode()"},
    {"c1: s = socket()\nc1: s.send(b'안녕')", 2, 14,
        "b'..' holds ASCII only; other text is made bytes by"},
    {"c1: s = socket()\nc1: s.send('x' * 1000)", 2, 12,
        "send() takes bytes, not str: ('x' * 1000).encode(), or"},
    {"c1: s = socket()\nc1: s.send(\"hello)", 2, 12,
        "the text that begins here has no closing quote: add \""},
    {"c1: s = socket()\nc1: s.send(b'hello'", 2, 11,
        "the parenthesis that opens here is not closed: add )"},
    {"c1: s = socket()\nc1: s.send(b'hello'))", 2, 21,
        "this ) closes nothing: take it away"},
    {"c1: s = socket()\nc1: s.send(msg)", 2, 12,
        "c1 has no name msg here: it has s"},
    {"c1: s = socket()\nc1: t.send(b'x')", 2, 5,
        "c1 has no name t here: it has s"},
    {"c1: s = socket()\nc1: data = s.recv()", 2, 14,
        "recv() needs an argument: s.recv(1000)"},
    {"c1: s = socket()\nc1: data = s.recv(1,2,3)", 2, 23,
        "recv() takes at most 2 arguments"},
    {"c1: s = socket()\nc1: s.close(1)", 2, 13,
        "close() takes no arguments: s.close()"},
    {"c1: s = socket()\nc1: s.close", 2, 12,
        "a call has parentheses: s.close()"},
    {"c1: s = socket()\nc1: s.listen 5", 2, 14,
        "a call has parentheses: s.listen(5)"},
    {"c1: s = socket()\nc1: s.accept()", 2, 5,
        "nobody keeps the new socket: write conn, addr = s.accept()"},
    {"c1: s = socket()\nc1: conn = s.accept()", 2, 5,
        "accept() gives two values: conn, addr = s.accept()"},
    {"c1: s = socket()\nc1: addr = s.accept()", 2, 5,
        "accept() gives two values: conn, addr = s.accept()"},
    {"c1: s = socket()\nc1: (k) = s.accept()", 2, 5,
        "accept() gives two values: k, addr = s.accept()"},
    {"server: ls = socket()\nc1: ls.accept()", 2, 5,
        "ls belongs to server: server: conn, addr = ls.accept()"},
    {"server: ls = socket()\nc1: conn, addr = ls.accept()", 2, 18,
        "ls belongs to server: server: conn, addr = ls.accept()"},
    {"server: ls = socket()\nc1: ls.listen(5) # more", 2, 5,
        "ls belongs to server: server: ls.listen(5)"},
    {"server: msg = b'x'\nc1: print(msg)", 2, 11,
        "msg belongs to server, not to c1"},
    {"server: ls = socket()\nc1: s = socket()\nexpect c1.ls.state == CLOSED", 3,
        11, "ls belongs to server, not to c1"},
    {"c1: s = socket()\nc1: s.sendtoo(b'x')", 2, 7,
        "the stage has no call sendtoo() on a socket; did you mean"},
    {"c1: s = socket()\nc1: s.sendto(b'x', 'server', 1)", 2, 20,
        "sendto() takes one address, a pair in parentheses of its own: "
        "s.sendto(b'x', ('server', 1))"},
    {"c1: s = socket()\nc1: s.sendto(b'x', 0, ('server', 1))", 2, 23,
        "sendto() takes at most 2 arguments"},
    {"c1: s = socket()\nc1: s.sendto('x', ('server', 1))", 2, 14,
        "sendto() takes bytes, not str: b'x'"},
    {"c1: s = socket()\nc1: s.sendto(b'x')", 2, 7,
        "sendto() needs an argument: s.sendto(b'hello', ('server', 9999))"},
    {"c1: s = socket()\nc1: x = s.recvfrom(1).decode()", 2, 22,
        "recvfrom() returns no bytes: there is nothing to decode"},
    {"c1: s = socket()\nc1: s.strip()", 2, 7,
        "the stage has no call strip() on a socket; it has bind,"},
    {"c1: s = socket()\nc1: s", 2, 5,
        "nothing happens with this value: write print(s), or give it"},
    {"c1: s = socket()\nc1: x = s.recv(10)[0:2]", 2, 19,
        "give the result a name and go on with that on the next"},
    {"c1: s = socket()\nc1: x = s.send(b'1').decode()", 2, 21,
        "send() returns no bytes: there is nothing to decode"},
    {"c1: s = socket()\nc1: print(s.recv(10))", 2, 13,
        "a call stands on a line of its own, with a name for its"},
    {"c1: s = socket()\nc1: print(s.recv(10).decode())", 2, 13,
        "a call stands on a line of its own, with a name for its"},
    {"c1: s = socket()\nc1: a, b = s.recv(10)", 2, 14,
        "recv() returns one value: write one name before the ="},
    {"c1: s = socket()\nc1: a, b, c = s.recv(10)", 2, 11,
        "at most two names stand before the =: conn, addr ="},
    {"c1: fork()", 1, 5, "the new process needs a name: write w = fork()"},
    {"c1..c3: w = fork()", 1, 9,
        "there can be only one process w: one fork() a line"},
    {"c1: client = fork()", 1, 5,
        "client is a host; the processes on it are c1, c2, ...:"},
    {"c1: result = 5", 1, 5,
        "result is a word of expect (c1.result) and can't be a"},
    {"c1: socket = socket()", 1, 5,
        "socket is Python's own name: choose another one, such as s"},
    {"c1: $ python3 echo.py", 1, 5,
        "programs on the stage are not in this version"},
    {"$ python3 echo.py", 1, 1,
        "say which process does this: c1: $ python3 echo.py"},
    {"c1: x = 1\nc1: x += 1", 2, 7, "write it out: x = x + .."},
    {"c1: x = 1\nc1: x == 1", 2, 7,
        "a process does not compare; to check a value write a line"},
    {"c1: x = 1\nc1: y = x / 2", 2, 11,
        "there is no such operator here; there are +, -, * and |"},
    {"c1: x = y = 1", 1, 11, "one = a line: assign twice on two lines"},
    {"c1: x = [1, 2]", 1, 9,
        "lists, sets and dictionaries are not in the notation; a"},
    {"c1: x = {1: 2}", 1, 9,
        "lists, sets and dictionaries are not in the notation; a"},
    {"c1: x = f'{a}'", 1, 9,
        "f'..' is not in the notation; print() takes several values:"},
    {"c1: x = '''abc'''", 1, 9, "text has one quote at each end here: '..'"},
    {"c1: x = 'a' 'b'", 1, 13, "this does not belong behind 'a'"},
    {"c1: x = 10ms", 1, 9,
        "in a call, seconds are plain numbers: 0.1 for 100ms"},
    {"c1: x = 08", 1, 9, "a number does not begin with 0"},
    {"c1: x = 99999999999999999999", 1, 9,
        "this number is too large (64 bits)"},
    {"c1: x = int('5')", 1, 9,
        "int() is not in the notation; an expression is made of"},
    {"c1: x = time.sleep(1)", 1, 14,
        "processes don't sleep; write a line of its own: wait 2s"},
    {"c1: time.sleep(1)", 1, 10,
        "processes don't sleep; write a line of its own: wait 2s"},
    {"c1: s = socket(kind=SOCK_STREAM)", 1, 16,
        "socket() has no argument kind"},
    {"c1: import numpy", 1, 12,
        "only import socket, os and struct are taken here"},
    {"c1: import socket as sk", 1, 19,
        "modules keep their names here: import socket"},
    {"import socket", 1, 1, "say which process does this: c1: import socket"},
    {"c1: print 'x'", 1, 11, "print has parentheses: print(x)"},
    {"c1: print('a' % 5)", 1, 15,
        "print() takes several values here: print('n is', n)"},
    {"c1..5: s = socket()", 1, 5, "both ends are written out: c1..c5"},
    {"c5..c1: s = socket()", 1, 1, "the numbers of c5..c1 must rise"},
    {"c1...c5: s = socket()", 1, 3, "two dots: c1..c5"},
    {"a1..b5: s = socket()", 1, 1,
        "a1..b5: both have the same letters and a number, as in"},
    {"c1..c99999: s = socket()", 1, 1,
        "at most 10000 processes can be named at once"},
    {"c1, c2: s = socket()", 1, 1,
        "several processes are written c1..c3:, or on a line each"},
    {"c1 s = socket()", 1, 1, "a colon is missing: write c1: s = socket()"},
    {"c1:", 1, 1, "nothing stands below c1: write the call behind the colon,"},
    {"server:\n    ls = socket()\n    expect wire quiet for 1s", 3, 5,
        "a line expect .. stands alone: no process before it, not"},
    {"server:\n    c1: ls = socket()", 2, 5,
        "one process a line: c1: is inside the line or block of"},
    {"server:\n    while True:", 2, 5,
        "while is not in the notation: put the program in a file,"},
    {"expect c1.s.state = LISTEN", 1, 8,
        "no process c1 has done anything so far"},
    {"c1: s = socket()\nexpect c1.s.state = LISTEN", 2, 19,
        "= gives a name a value; to compare write =="},
    {"c1: s = socket()\nexpect c1.s.state == LISTENING", 2, 22,
        "LISTENING is no state; write one such as ESTABLISHED or"},
    {"c1: s = socket()\nexpect c1.s.state == 'LISTEN'", 2, 22,
        "this is a word and has no quotes; quotes are for text"},
    {"c1: s = socket()\nexpect c1.s.state < LISTEN", 2, 21,
        "c1.s.state can be compared with == and != only"},
    {"c1: s = socket()\nexpect c1.state == LISTEN", 2, 11,
        "state belongs to a socket: name it too, as in c1.s.state"},
    {"c1: s = socket()\nexpect c1.s.sendbuffer == 0", 2, 13,
        "a socket has no sendbuffer; did you mean c1.s.send_buffer?"},
    {"c1: s = socket()\nexpect c1.s.error == none", 2, 13,
        "error belongs to the process, not to a socket: c1.error"},
    {"c1: s = socket()\nexpect c2.s.state == LISTEN", 2, 8,
        "no process c2 has done anything so far"},
    {"c1: s = socket()\nexpect c1.t.state == LISTEN", 2, 11,
        "c1 has no name t here: it has s"},
    {"c1: s = socket()\nexpect c1.error == ConnectionRefusedError", 2, 20,
        "errors have their errno name here: write ECONNREFUSED for"},
    {"c1: s = socket()\nexpect c1.error == ECONREFUSED", 2, 20,
        "ECONREFUSED is no errno name; did you mean ECONNREFUSED?"},
    {"c1: s = socket()\nexpect c1.error == 'EAGAIN'", 2, 20,
        "this is a word and has no quotes; quotes are for text"},
    {"c1: s = socket()\nexpect c1.call == acept", 2, 19,
        "acept is no call; did you mean accept?"},
    {"c1: s = socket()\nexpect c1.elapsed >= 200", 2, 22,
        "a duration has its unit right behind it: 200ms or 200s"},
    {"c1: s = socket()\nexpect c1.elapsed >= 200 ms", 2, 22,
        "a duration has its unit right behind it: 200ms or 200s"},
    {"c1: s = socket()\nexpect c1.s.recv_buffer == 5s", 2, 28,
        "a value without a unit belongs here, not a duration"},
    {"c1: s = socket()\nexpect c1.s.recv_buffer == 'x'", 2, 28,
        "a number belongs here"},
    {"c1: s = socket()\nexpect c1.s.local == 10.0.0.1:80", 2, 22,
        "an address is quoted: '10.0.0.1:8080'"},
    {"c1: s = socket()\nexpect c1.s == hello", 2, 16,
        "text is quoted: 'hello'; a variable has its process:"},
    {"c1: s = socket()\nexpect c1.result == none", 2, 21,
        "here it is Python's None"},
    {"c1: s = socket()\nexpect c1.s.timer == foo", 2, 22,
        "a timer is none, retransmit, persist, keepalive, timewait"},
    {"c1: s = socket()\nexpect c1.s.recv_buffer", 2, 24,
        "a comparison belongs here: ==, !=, <, <=, > or >="},
    {"c1: s = socket()\nexpect c1.s.recv_buffer ==", 2, 27,
        "the value is missing"},
    {"c1: s = socket()\nexpect c1.s.recv_buffer == 5 with 2s", 2, 30,
        "the line should end here: take with 2s away"},
    {"c1: s = socket()\nexpect c1.s.recv_buffer == 5 within 2", 2, 37,
        "a duration has its unit right behind it: 2ms or 2s"},
    {"expect", 1, 7, "say what is expected, as in c1.s.state == ESTABLISHED"},
    {"expect client.call == none", 1, 8,
        "client is a host and has only client.sockets; its processes"},
    {"expect server.sockets.TIME_WAITS == 1", 1, 23,
        "a state belongs here, such as ESTABLISHED or TIME_WAIT"},
    {"expect wire.hold == 1", 1, 13,
        "the wire has the counts wire.held and wire.dropped"},
    {"expect wire", 1, 12,
        "say which segments: expect wire client SYN, server SYN+ACK"},
    {"expect wire client SYN-ACK", 1, 20, "write SYN+ACK for SYN-ACK"},
    {"expect wire client PSH+ACK", 1, 20, "write DATA for PSH+ACK"},
    {"expect wire client SIN", 1, 20,
        "SIN is no kind of segment; did you mean SYN?"},
    {"expect wire client SYN ACK", 1, 24,
        "ACK does not belong here; between two segments stands a"},
    {"expect wire client SYN, ", 1, 24,
        "a segment belongs here: client SYN, server SYN+ACK,"},
    {"expect wire quiet", 1, 18, "for how long? expect wire quiet for 300ms"},
    {"expect wire quiet for 5", 1, 23,
        "a duration has its unit right behind it: 5ms or 5s"},
    {"wire", 1, 5, "behind wire stands one of delay, rate, loss, mtu, seed,"},
    {"wire holdd", 1, 6, "there is no wire holdd; did you mean wire hold?"},
    {"wire loss", 1, 10, "a share belongs here: 10%"},
    {"wire loss .%", 1, 11, "a share belongs here: 10%"},
    {"wire loss 10", 1, 11, "a share has its sign right behind it: 10%"},
    {"wire loss 101%", 1, 11, "a share is from 0% to 100%"},
    {"wire loss 10% from c1", 1, 20, "a host belongs here: client or server"},
    {"wire rate 1", 1, 11, "a rate has its unit right behind it: 1kbit or 1mb"},
    {"wire rate 1 mbit", 1, 11, "a rate has its unit right behind it: 1kbit"},
    {"wire rate 1mb", 1, 11, "mb is no unit of a rate; write bit, kbit, mbit"},
    {"wire rate 1mbit/s", 1, 11, "mbit/s is no unit of a rate; write bit, kb"},
    {"wire rate 0kbit", 1, 11, "a rate is from 1bit to 1000gbit a second;"},
    {"wire rate fast", 1, 11, "a rate belongs here: 1mbit, 500kbit, or off"},
    {"wire rate 1.2.3mbit", 1, 11, "a rate belongs here: 1mbit, 500kbit, or"},
    {"wire mtu 67", 1, 10,
        "the size of a packet in bytes belongs here, from 68"},
    {"wire mtu 1kbit", 1, 10, "a number with letters behind it"},
    {"wire seed x", 1, 11, "a whole number belongs here: wire seed 7"},
    {"wire jitter 20ms", 1, 6,
        "jitter stands behind a delay: wire delay 100ms"},
    {"wire unreachable client SYN", 1, 18,
        "what is unreachable? wire unreachable host, net or port,"},
    {"wire unreachable host", 1, 22,
        "say which segments: wire unreachable host client SYN; *"},
    {"wire corrupt 0 DATA", 1, 14, "a number from 1 to 1000000 belongs here"},
    {"wire cut now", 1, 10, "the line should end here: take now away"},
    {"wire delay 100", 1, 12,
        "a duration has its unit right behind it: 100ms or 100s"},
    {"wire delay 100 ms", 1, 12,
        "a duration has its unit right behind it: 100ms or 100s"},
    {"wire delay 100ms jitter", 1, 24,
        "a duration belongs here: 100ms, 2s or 500us"},
    {"wire delay 100ms from c1", 1, 23,
        "a host belongs here: client or server"},
    {"wire drop 1", 1, 12,
        "say which segments: wire drop client DATA; * means any"},
    {"wire drop client SYN foo bar", 1, 22,
        "foo does not belong here; between two segments stands a"},
    {"wire deliver 0", 1, 14, "a number from 1 to 1000000 belongs here"},
    {"wire deliver 1 client DATA(1000", 1, 32,
        "the length ends with ): DATA(1000)"},
    {"wire hold now", 1, 11, "the line should end here: take now away"},
    {"wire coalesce maybe", 1, 15, "write wire coalesce on, or off"},
    {"wait 5", 1, 6, "a duration has its unit right behind it: 5ms or 5s"},
    {"wait", 1, 5, "a duration belongs here: 100ms, 2s or 500us"},
    {"set server", 1, 11,
        "a name belongs here: set server tcp_abort_on_overflow 1"},
    {"set sever x 1", 1, 5, "a host belongs here: client or server"},
    {"set server tcp_x", 1, 17,
        "the new value is missing: set server tcp_abort_on_overflow 1"},
    {"claim x", 1, 7, "a number from 1 to 1000000 belongs here"},
    {"vote", 1, 5, "a number from 1 to 9 belongs here"},
    {"vote 10", 1, 6, "a number from 1 to 9 belongs here"},
    {"vote 1 2", 1, 8, "the line should end here: take 2 away"},
    {"mark", 1, 5, "a name belongs here: mark NAME"},
    {"name np.hufs.ac.kr", 1, 19, "a host belongs here: client or server"},
    {"name np.hufs.ac.kr sever", 1, 20,
        "a host belongs here: client or server"},
    {"repeat c1: s.send(b'x')", 1, 8,
        "a number from 1 to 1000000 belongs here"},
    {"repeat 3 c1", 1, 12, "a process and a colon belong here, as in c1: .."},
    {"require loopback", 1, 9, "only require private is known"},
    {"hide me", 1, 6, "write hide server, client or wire"},
    {"interrupt", 1, 10, "a name belongs here: interrupt c1"},
    {"pause now", 1, 7, "the line should end here: take now away"},
    {"note", 1, 5, "the text is missing: note TEXT"},
    {"note.fr bonjour", 1, 5, "the languages are en and ko: note.ko"},
    {"option*ok", 1, 8,
        "a blank belongs between option and its text: option TEXT"},
    {"include", 1, 8, "a file belongs here: include FILE"},
    {"include /nonexistent/x.stage", 1, 9,
        "can't read /nonexistent/x.stage: ENOENT (No such file or"},
    {"c1: s = socket() ★", 1, 18,
        "this character has no meaning outside quotes; names are"},
    {"★", 1, 1, "this character has no meaning outside quotes; names are"},
    {")", 1, 1, "a line begins with a process and a colon, c1: s = socket(),"},
    {"c1: s = (1, 2", 1, 9,
        "the parenthesis that opens here is not closed: add )"},
    {"c1: s = x[1:2:3]", 1, 14,
        "a slice has two parts here, x[a:b], and no step"},
    {"c1: import socket\nc1: s = 1 +", 2, 12,
        "the line ends where a value belongs: a name, a number,"},
    {"c1: x = -", 1, 10,
        "the line ends where a value belongs: a name, a number,"},
    {"c1: x = (((((", 1, 14,
        "the line ends where a value belongs: a name, a number,"},
    {"c1: setsockopt(1)", 1, 5,
        "setsockopt() is called on a socket, by its name:"},
    {"c1: os.close(3)", 1, 8,
        "close() is called on a socket, by its name: s.close(..)"},
    {"c1: s = socket()\nc1: s.setsockopt(SOL_SOCKET, SO_LINGER, "
     "struct.pack('ii', 1))",
        2, 60, "struct.pack() needs a number for each letter of 'ii'"},
    {"c1: s = socket()\nc1: s.setsockopt(SOL_SOCKET, SO_LINGER, "
     "struct.pack('ii', 1, x))",
        2, 62, "NameError: name 'x' is not defined; struct.pack() takes"},
    {"c1: s = socket()\nc1: read(s, 10)", 2, 5,
        "read() is a call of os: os.read(s.fileno(), ..)"},
    {"c1: s = socket()\nc1: s.write(b'x')", 2, 7,
        "write() is a call of os: os.write(s.fileno(), ..)"},
    {"server: ls = socket()\nserver: ls.bind((\"\", 8080)\n", 2, 16,
        "the parenthesis that opens here is not closed: add )"},
    {"c1: x = b'한글'", 1, 11,
        "b'..' holds ASCII only; other text is made bytes by"},
    {"c1: 이름 = 1", 1, 5,
        "this character has no meaning outside quotes; names are"},
    {"c1: note = '한글'; x = 1", 1, 16, "one action a line"},
    {"note 한글\nc1: s = socket() extra", 2, 18,
        "the line should end here: take extra away"},
    {"c1: name = 'x' * 3\nexpect c1.nam == 'x'", 2, 11,
        "c1 has no name nam here: it has name; did you mean name?"},
    {"c1: aaaaaaaaaabbbbbbbbbbccccccccccdd = 1", 1, 5,
        "a name has at most 31 letters"},
    {"c1: x = '\\x1'", 1, 10, "this escape needs 2 hexadecimal digits"},
    {"c1: x = '\\ud800'", 1, 10, "there is no such character"},
    {"c1: while_ = 1\nc1: x = not while_", 2, 9,
        "not has no place in an expression here; give the value a"},
    {"c1: a = 1\nexpect c1.a == b", 2, 16,
        "text is quoted: 'b'; a variable has its process: c1.b"},
    {"c1: a = 1\nexpect c1.a == c1.b", 2, 19,
        "c1 has no name b here: it has a"},
    {"c1: a = 1\nexpect len(c1.a == 1", 2, 17, "len( is not closed: add )"},
    {"c1: a = 1\nexpect c1.a ! 1", 2, 13,
        "a comparison belongs here: ==, !=, <, <=, > or >="},
    {"c1: a = 1\nexpect c1.a == 1 for 0s", 2, 18, "for how long? for 300ms"},
    {"c1: a = 1\nexpect c1.a is 1", 2, 13, "to compare write =="},
    {"wire deliver client c1.s c2.s", 1, 26, "one connection is enough"},
    {"wire drop SYN c9.s", 1, 15, "c9 has no name s here: it has no names"},
    {"c1: s = socket()\nwire drop SYN c1.t\nexpect wire", 3, 12,
        "say which segments"},
    {"c1: s = socket()\nwire drop SYN c1.t\nwire cut", 2, 15,
        "c1 has no name t here: it has s"},
    {"c1: s = socket()\nexpect wire client SYN c1.x, ACK", 2, 24,
        "c1 has no name x here: it has s"},
    {"wire deliver client win x", 1, 25,
        "a number from 0 to 65535 belongs here"},
    {"wire drop client DATA(99999)", 1, 23,
        "a number from 0 to 65535 belongs here"},
    {"wire delay 100parsecs", 1, 12,
        "a number with letters behind it: durations are written"},
    {"wire delay 90000s", 1, 12, "this duration is longer than a day"},
    {"wire delay -5ms", 1, 12, "a duration belongs here: 100ms, 2s or 500us"},
    {"c1", 1, 1, "a colon is missing: write c1: "},
    {"abcdefgh1..b1: x = 1", 1, 1, "abcdefgh1..b1: both have the same letters"},
    {"include /dev/zero", 1, 9, "/dev/zero is no plain file"},
};

static void check(const struct mistake *m)
{
    struct script_error e;
    struct script *s = script_parse("f.stage", m->text, strlen(m->text), &e);

    if (s)
        fail_msg("parses: %s", m->text);
    if (e.line != m->line || e.column != m->column ||
        strncmp(e.what, m->what, strlen(m->what)) != 0 ||
        strcmp(e.file, "f.stage") != 0)
        fail_msg("%s\n  gives %s:%d:%d: %s", m->text, e.file, e.line, e.column,
            e.what);
}

static void test_mistakes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++)
        check(&mistakes[i]);
}

static void check_bytes(
    const char *text, size_t len, int line, int column, const char *what)
{
    struct script_error e;

    assert_null(script_parse("f", text, len, &e));
    assert_int_equal(e.line, line);
    assert_int_equal(e.column, column);
    assert_non_null(strstr(e.what, what));
}

static void test_bytes_that_no_script_holds(void **state)
{
    (void)state;
    check_bytes("pause\nno\0te x", 13, 2, 3, "control character");
    check_bytes("note a\x1b[2J", 10, 1, 7, "control character");
    check_bytes("note \xea\xb0\x80\xff", 9, 1, 7, "UTF-8");
    check_bytes("note \xed\xa0\x80", 8, 1, 6, "UTF-8");
    check_bytes("c1: x = '\xea\xb0\x80' +", 15, 1, 14, "value belongs");
}

/* Each is answered with an error, not with a crash or a long wait. */
static void test_hostile_text(void **state)
{
    static const char *const heads[] = {"c1: x = ", "expect c1.x == ",
        "c1: x = 1\nc1: y = x", "c1: x = -", "server:\n "};
    static const char *const bits[] = {"(", "-", "1+", "[", "((1,),",
        ".encode()", "[0]", "x.", "'", "\\", "(a,", "|1", "1,", "len(",
        "struct.pack('i',"};
    const size_t count = 60000;

    (void)state;
    for (size_t h = 0; h < sizeof heads / sizeof *heads; h++) {
        for (size_t b = 0; b < sizeof bits / sizeof *bits; b++) {
            struct script_error e;
            size_t head = strlen(heads[h]);
            size_t bit = strlen(bits[b]);
            char *text = malloc(head + bit * count);
            assert_non_null(text);
            memcpy(text, heads[h], head);
            for (size_t i = 0; i < count; i++)
                memcpy(text + head + i * bit, bits[b], bit);
            assert_null(script_parse("f", text, head + bit * count, &e));
            assert_true(strlen(e.what) > 0);
            free(text);
        }
    }
}

static void test_limits(void **state)
{
    struct script_error e;
    const size_t size = (16u << 20) + 1;
    char *text = malloc(size);

    (void)state;
    assert_non_null(text);
    memset(text, '\n', size);
    assert_null(script_parse("f", text, size, &e));
    assert_non_null(strstr(e.what, "16 MiB"));
    memset(text, '#', 2u << 20);
    assert_null(script_parse("f", text, 2u << 20, &e));
    assert_non_null(strstr(e.what, "too long"));
    for (size_t i = 0; i + 25 <= size; i += 25)
        memcpy(text + i, "c1..c9999: x = 1        \n", 25);
    assert_null(script_parse("f", text, size / 25 * 25, &e));
    assert_non_null(strstr(e.what, "at most 200000 calls"));
    free(text);
}

static void test_format(void **state)
{
    struct script_error e = {
        .file = "a.stage", .line = 3, .column = 7, .what = "what"};
    char out[64];

    (void)state;
    assert_string_equal(
        script_error_format(&e, out, sizeof out), "a.stage:3:7: what");
    assert_string_equal(script_error_format(&e, out, 8), "a.stage");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mistakes),
        cmocka_unit_test(test_bytes_that_no_script_holds),
        cmocka_unit_test(test_hostile_text),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_format),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
