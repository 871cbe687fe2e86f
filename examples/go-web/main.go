// Command go-web is a small HTTP service with what a service in a container needs: health and readiness checks,
// structured logs on the right stream, profiling away from the public port, and an orderly stop on SIGTERM.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/pprof"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()

	logger := newLogger(os.Stdout, os.Stderr)
	config, err := configFromEnvironment(os.LookupEnv)
	if err != nil {
		logger.Error("bad configuration", "error", err)
		os.Exit(2)
	}
	if err := run(ctx, config, logger); err != nil {
		logger.Error("stopped", "error", err)
		os.Exit(1)
	}
}

// run serves until ctx ends, then lets the requests in flight finish, for at most config.ShutdownTimeout.
func run(ctx context.Context, config Config, logger *slog.Logger) error {
	service := newService(config, logger)
	public, err := net.Listen("tcp", config.Address)
	if err != nil {
		return err
	}
	servers := []*http.Server{newServer(service.handler())}
	listeners := []net.Listener{public}
	if config.PprofAddress != "" {
		private, err := net.Listen("tcp", config.PprofAddress)
		if err != nil {
			return errors.Join(err, public.Close())
		}
		servers = append(servers, newServer(pprofHandler()))
		listeners = append(listeners, private)
		logger.Info("profiling", "address", private.Addr().String())
	}

	failed := make(chan error, len(servers))
	for i := range servers {
		go func() { failed <- servers[i].Serve(listeners[i]) }()
	}
	service.ready.Store(true)
	logger.Info("ready", "address", public.Addr().String(), "pid", os.Getpid())

	var cause error
	select {
	case cause = <-failed:
	case <-ctx.Done():
	}
	service.ready.Store(false)
	logger.Info("stopping", "timeout", config.ShutdownTimeout.String())
	grace, cancel := context.WithTimeout(context.Background(), config.ShutdownTimeout)
	defer cancel()
	for _, server := range servers {
		if err := server.Shutdown(grace); err != nil {
			cause = errors.Join(cause, fmt.Errorf("shutdown: %w", err))
		}
	}
	if cause == nil {
		logger.Info("stopped")
	}
	return cause
}

func newServer(handler http.Handler) *http.Server {
	return &http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second, IdleTimeout: 60 * time.Second}
}

// pprofHandler holds the profiles on a mux of their own: the public one must never show them.
func pprofHandler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/debug/pprof/", pprof.Index)
	mux.HandleFunc("/debug/pprof/cmdline", pprof.Cmdline)
	mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("/debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("/debug/pprof/trace", pprof.Trace)
	return mux
}
