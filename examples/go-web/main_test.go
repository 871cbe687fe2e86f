package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func environment(values map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		value, ok := values[name]
		return value, ok
	}
}

func TestConfigDefaultsAndErrors(t *testing.T) {
	config, err := configFromEnvironment(environment(nil))
	want := Config{Address: ":8080", PprofAddress: "127.0.0.1:6060", ShutdownTimeout: 10 * time.Second}
	if err != nil || config != want {
		t.Fatalf("got %+v, %v; want %+v", config, err, want)
	}
	for _, bad := range []map[string]string{
		{"ADDR": ""},
		{"ADDR": "8080"},
		{"PPROF_ADDR": "nowhere"},
		{"UPSTREAM_URL": "ftp://example.com"},
		{"UPSTREAM_URL": "http://[::1"},
		{"SHUTDOWN_TIMEOUT": "soon"},
	} {
		if _, err := configFromEnvironment(environment(bad)); err == nil {
			t.Errorf("%v is accepted", bad)
		}
	}
}

func TestLevelsAreSplitBetweenTheStreams(t *testing.T) {
	var out, errs bytes.Buffer
	logger := newLogger(&out, &errs).With("request", 7).WithGroup("g")
	logger.Debug("too quiet")
	logger.Info("calm", "a", 1)
	logger.Warn("odd")
	logger.Error("broken")

	for _, stream := range []struct {
		text     string
		messages []string
	}{{out.String(), []string{"calm", "odd"}}, {errs.String(), []string{"broken"}}} {
		lines := strings.Split(strings.TrimSpace(stream.text), "\n")
		if len(lines) != len(stream.messages) {
			t.Fatalf("%d lines, want %d: %s", len(lines), len(stream.messages), stream.text)
		}
		for i, line := range lines {
			var record map[string]any
			if err := json.Unmarshal([]byte(line), &record); err != nil {
				t.Fatalf("%q is no JSON: %v", line, err)
			}
			if record["msg"] != stream.messages[i] || record["request"] != float64(7) {
				t.Errorf("got %v, want message %q with request 7", record, stream.messages[i])
			}
		}
	}
}

func TestEndpoints(t *testing.T) {
	failing := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusBadGateway)
	}))
	defer failing.Close()
	for _, test := range []struct {
		method, path, upstream string
		ready                  bool
		status                 int
		body                   string
	}{
		{"GET", "/", "", true, 200, `"service":"go-web"`},
		{"GET", "/healthz", "", false, 200, `{"status":"ok"}`},
		{"GET", "/readyz", "", false, 503, `not ready`},
		{"GET", "/readyz", "", true, 200, `{"status":"ready"}`},
		{"GET", "/readyz", failing.URL, true, 503, `upstream unreachable`},
		{"GET", "/nothing", "", true, 404, ""},
		{"POST", "/healthz", "", true, 405, ""},
		{"GET", "/debug/pprof/", "", true, 404, ""},
	} {
		service := newService(Config{Upstream: test.upstream}, slog.New(slog.NewTextHandler(io.Discard, nil)))
		service.ready.Store(test.ready)
		answer := httptest.NewRecorder()
		service.handler().ServeHTTP(answer, httptest.NewRequest(test.method, test.path, nil))
		if answer.Code != test.status || !strings.Contains(answer.Body.String(), test.body) {
			t.Errorf("%s %s: got %d %q, want %d %q",
				test.method, test.path, answer.Code, answer.Body, test.status, test.body)
		}
	}
}

// A stop waits for the request in flight, answers it, and then run returns without an error.
func TestStopIsOrderly(t *testing.T) {
	entered, release := make(chan struct{}), make(chan struct{})
	upstream := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		close(entered)
		<-release
	}))
	defer upstream.Close()

	reader, writer := io.Pipe()
	ctx, stop := context.WithCancel(context.Background())
	config := Config{Address: "127.0.0.1:0", Upstream: upstream.URL, ShutdownTimeout: 5 * time.Second}
	ended := make(chan error, 1)
	go func() { ended <- run(ctx, config, newLogger(writer, io.Discard)) }()

	lines := bufio.NewScanner(reader)
	var record struct{ Msg, Address string }
	for record.Msg != "ready" {
		if !lines.Scan() {
			t.Fatal("no ready line")
		}
		if err := json.Unmarshal(lines.Bytes(), &record); err != nil {
			t.Fatal(err)
		}
	}
	go io.Copy(io.Discard, reader)

	status := make(chan int, 1)
	go func() {
		response, err := http.Get("http://" + record.Address + "/readyz")
		if err != nil {
			status <- 0
			return
		}
		response.Body.Close()
		status <- response.StatusCode
	}()
	<-entered
	stop()
	select {
	case err := <-ended:
		t.Fatalf("run ended (%v) with a request in flight", err)
	case <-time.After(50 * time.Millisecond):
	}
	close(release)
	if got := <-status; got != http.StatusOK {
		t.Errorf("the request in flight got %d", got)
	}
	if err := <-ended; err != nil {
		t.Errorf("run: %v", err)
	}
}
