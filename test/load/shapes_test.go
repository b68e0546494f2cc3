package load

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// shape is a request as no API server sends it.
type shape struct {
	name string
	text string
	// Of each answer; the last one ends the connection.
	statuses []int
}

const (
	line      = "POST /validate?timeout=5s HTTP/1.1\r\n"
	host      = "Host: meshvet\r\n"
	typed     = "Content-Type: application/json\r\n"
	begun     = line + host + typed
	smuggled  = "POST /mutate HTTP/1.1\r\nHost: a\r\n\r\n"
	lastOne   = "Connection: close\r\n"
	http2     = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
	mostBytes = 7 << 20
)

// shapes are told of a body that is a review.
func shapes(review string) []shape {
	length := fmt.Sprintf("Content-Length: %d\r\n", len(review))
	call := begun + length + "\r\n" + review
	lastCall := begun + length + lastOne + "\r\n" + review
	with := func(field string) string {
		return begun + length + field + "\r\n" + review + smuggled
	}
	chunks := fmt.Sprintf("%x\r\n%s\r\n0\r\n\r\n", len(review), review)
	one := func(status int) []int { return []int{status} }
	return []shape{
		{"a call", lastCall, one(200)},
		{"two calls at once", call + lastCall, []int{200, 200}},
		{"a call and nonsense", call + "nonsense\r\n\r\n", []int{200, 400}},
		{"nothing after the last", lastCall + call, one(200)},
		{"length and chunked", with("Transfer-Encoding: chunked\r\n"), one(400)},
		{"chunked and length", begun + "Transfer-Encoding: chunked\r\n" + length +
			"\r\n" + chunks + smuggled, one(400)},
		{"two equal lengths", with(length), one(400)},
		{"two lengths", with("Content-Length: 0\r\n"), one(400)},
		{"a list of lengths", begun + "Content-Length: 3, 3\r\n\r\n{}\n", one(400)},
		{"chunked", begun + "Transfer-Encoding: chunked\r\n\r\n" + chunks,
			one(411)},
		{"identity", begun + "Transfer-Encoding: identity\r\n\r\n" + review,
			one(411)},
		{"multipart", line + host + length +
			"Content-Type: multipart/form-data; boundary=x\r\n\r\n" + review,
			one(415)},
		{"no type", line + host + length + "\r\n" + review, one(415)},
		{"gzip", with("Content-Encoding: gzip\r\n"), one(415)},
		{"range", with("Range: bytes=" + strings.Repeat("0-0,", 2000) + "0-0\r\n"),
			one(400)},
		{"expect", with("Expect: 100-continue\r\n"), one(417)},
		{"absolute URI", "POST https://meshvet/validate HTTP/1.1\r\n" + host +
			typed + length + "\r\n" + review, one(400)},
		{"another path", "POST /validate/ HTTP/1.1\r\n" + host + typed + length +
			"\r\n" + review, one(404)},
		{"dots in the path", "POST /x/../validate HTTP/1.1\r\n" + host + typed +
			length + "\r\n" + review, one(404)},
		{"64 KiB header line", begun + "X: " + strings.Repeat("x", 64<<10) +
			"\r\n\r\n", one(431)},
		{"64 KiB target", "POST /validate?" + strings.Repeat("x", 64<<10) +
			" HTTP/1.1\r\n" + host + "\r\n", one(431)},
		{"200 header lines", begun + strings.Repeat("X: x\r\n", 200) + "\r\n",
			one(431)},
		{"obs-fold", begun + "X: a\r\n " + length + "\r\n" + review, one(400)},
		{"bare LF", strings.ReplaceAll(begun+length, "\r\n", "\n") + "\n" + review,
			one(400)},
		{"bare CR", begun + "X: a\rb\r\n" + length + "\r\n" + review, one(400)},
		{"blank before the colon", begun + "Content-Length : 2\r\n\r\n{}", one(400)},
		{"no length", begun + "\r\n" + review, one(411)},
		{"negative length", begun + "Content-Length: -1\r\n\r\n", one(400)},
		{"signed length", begun + "Content-Length: +2\r\n\r\n{}", one(400)},
		{"hexadecimal length", begun + "Content-Length: 0x2\r\n\r\n{}", one(400)},
		{"empty length", begun + "Content-Length:\r\n\r\n", one(400)},
		{"one byte too many",
			begun + fmt.Sprintf("Content-Length: %d\r\n\r\n", mostBytes+1), one(413)},
		{"huge length", begun + "Content-Length: 18446744073709551618\r\n\r\n{}",
			one(413)},
		{"NUL in the target", "POST /validate\x00 HTTP/1.1\r\n" + host + "\r\n",
			one(400)},
		{"NUL in a name", begun + "X\x00: a\r\n\r\n", one(400)},
		{"NUL in a value", begun + "X: \x00\r\n\r\n", one(400)},
		{"NUL in the body", begun + lastOne + "Content-Length: 3\r\n\r\n{\x00}",
			one(400)},
		{"no JSON", begun + lastOne + "Content-Length: 2\r\n\r\n{]", one(400)},
		{"no Host", line + typed + length + "\r\n" + review, one(400)},
		{"two Hosts", with(host), one(400)},
		{"HTTP/1.0", "POST /validate HTTP/1.0\r\n" + host + length + "\r\n" + review,
			one(505)},
		{"HTTP/0.9", "GET /validate\r\n", one(400)},
		{"HTTP/2", http2, one(505)},
		{"lower case", "post /validate HTTP/1.1\r\n" + host + typed + length +
			"\r\n" + review, one(405)},
		{"GET with a body", "GET /validate HTTP/1.1\r\n" + host + typed + length +
			"\r\n" + review, one(405)},
		{"TRACE", "TRACE /validate HTTP/1.1\r\n" + host + "\r\n", one(405)},
		{"CONNECT", "CONNECT meshvet:443 HTTP/1.1\r\n" + host + "\r\n", one(400)},
		{"a line of nothing", "\r\n" + call, one(400)},
	}
}

// Each gets what is promised and no more, as JSON, and the end.
func TestShapesOfRequests(t *testing.T) {
	s := newSite(t)
	r := s.startReady(t)
	call := request(t, deniedReview)
	_, review, _ := bytes.Cut(call, []byte("\r\n\r\n"))
	for _, shape := range shapes(string(review)) {
		t.Run(shape.name, func(t *testing.T) {
			w := s.dial(t, r.Webhook)
			if err := w.SetDeadline(time.Now().Add(time.Minute)); err != nil {
				t.Fatal(err)
			}
			w.send(t, []byte(shape.text))
			expectAnswers(t, w.reader, shape.statuses)
		})
	}
	w := s.dial(t, r.Webhook)
	w.send(t, call)
	w.expect(t, "an honest call", false)
}

func expectAnswers(t *testing.T, answers *bufio.Reader, statuses []int) {
	t.Helper()
	for i, status := range statuses {
		response, err := http.ReadResponse(answers, nil)
		if err != nil {
			t.Fatalf("answer %d: %v", i, err)
		}
		body, err := io.ReadAll(response.Body)
		if err != nil || !json.Valid(body) || response.ContentLength < 0 {
			t.Errorf("answer %d: no JSON of a stated length: %q, %v", i, body, err)
		}
		if response.StatusCode != status {
			t.Errorf("answer %d: got %s, want %d: %s", i, response.Status, status,
				body)
		}
		if last := i == len(statuses)-1; response.Close != last {
			t.Errorf("answer %d: Connection: close is %t, want %t", i,
				response.Close, last)
		}
	}
	rest, err := io.ReadAll(answers)
	if len(rest) > 0 || (err != nil && !errors.Is(err, io.ErrUnexpectedEOF)) {
		t.Errorf("after the last answer: %q, %v", rest, err)
	}
}
