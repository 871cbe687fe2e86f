package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"runtime"
	"sync/atomic"
	"time"
)

// version is set at link time: -ldflags "-X main.version=1.2.3".
var version = "dev"

// service answers the public requests.
type service struct {
	config  Config
	logger  *slog.Logger
	client  *http.Client
	started time.Time
	// ready is false before the listeners are open and from the moment a stop is asked for.
	ready atomic.Bool
}

func newService(config Config, logger *slog.Logger) *service {
	return &service{
		config:  config,
		logger:  logger,
		client:  &http.Client{Timeout: 2 * time.Second},
		started: time.Now(),
	}
}

func (s *service) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", s.index)
	mux.HandleFunc("GET /healthz", s.healthz)
	mux.HandleFunc("GET /readyz", s.readyz)
	return s.logged(mux)
}

// index says who is answering: what one wants to see first when a container is new.
func (s *service) index(w http.ResponseWriter, _ *http.Request) {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	writeJSON(w, http.StatusOK, map[string]any{
		"service": "go-web",
		"version": version,
		"go":      runtime.Version(),
		"host":    host,
		"uid":     os.Getuid(),
		"uptime":  time.Since(s.started).Round(time.Millisecond).String(),
	})
}

// healthz says that the process lives; a failure asks for a restart.
func (s *service) healthz(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, map[string]any{"status": "ok"})
}

// readyz says whether requests should come here; a failure takes the instance out of the load balancer, no more.
func (s *service) readyz(w http.ResponseWriter, r *http.Request) {
	if !s.ready.Load() {
		writeJSON(w, http.StatusServiceUnavailable, map[string]any{"status": "not ready"})
		return
	}
	if err := s.askUpstream(r.Context()); err != nil {
		s.logger.Error("upstream", "url", s.config.Upstream, "error", err)
		writeJSON(w, http.StatusServiceUnavailable, map[string]any{"status": "upstream unreachable"})
		return
	}
	writeJSON(w, http.StatusOK, map[string]any{"status": "ready"})
}

func (s *service) askUpstream(ctx context.Context) error {
	if s.config.Upstream == "" {
		return nil
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.config.Upstream, nil)
	if err != nil {
		return err
	}
	response, err := s.client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode >= 500 {
		return fmt.Errorf("answered %s", response.Status)
	}
	return nil
}

func writeJSON(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	// The status is out already; a client that left is not this program's error.
	_ = json.NewEncoder(w).Encode(value)
}
