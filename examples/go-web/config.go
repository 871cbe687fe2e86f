package main

import (
	"fmt"
	"net"
	"net/url"
	"time"
)

// Config is what the environment may set.
type Config struct {
	// Address is where the service listens (ADDR, default ":8080").
	Address string
	// PprofAddress is where the profiles are served (PPROF_ADDR, default "127.0.0.1:6060"; empty turns them off).
	PprofAddress string
	// Upstream is asked by /readyz (UPSTREAM_URL, default none). An https URL needs the image's CA certificates.
	Upstream string
	// ShutdownTimeout bounds the wait for requests in flight (SHUTDOWN_TIMEOUT, default 10s).
	ShutdownTimeout time.Duration
}

// configFromEnvironment reads the settings through lookup (os.LookupEnv outside of tests) and checks them all.
func configFromEnvironment(lookup func(string) (string, bool)) (Config, error) {
	get := func(name, fallback string) string {
		if value, ok := lookup(name); ok {
			return value
		}
		return fallback
	}
	config := Config{
		Address:      get("ADDR", ":8080"),
		PprofAddress: get("PPROF_ADDR", "127.0.0.1:6060"),
		Upstream:     get("UPSTREAM_URL", ""),
	}
	for _, address := range []string{config.Address, config.PprofAddress} {
		if address == "" {
			continue
		}
		if _, _, err := net.SplitHostPort(address); err != nil {
			return Config{}, fmt.Errorf("%q is no HOST:PORT address: %w", address, err)
		}
	}
	if config.Address == "" {
		return Config{}, fmt.Errorf("ADDR is empty: give it as HOST:PORT, for example :8080")
	}
	if config.Upstream != "" {
		upstream, err := url.Parse(config.Upstream)
		if err != nil {
			return Config{}, fmt.Errorf("UPSTREAM_URL: %w", err)
		}
		if upstream.Scheme != "http" && upstream.Scheme != "https" {
			return Config{}, fmt.Errorf("UPSTREAM_URL %q is neither http nor https", config.Upstream)
		}
	}
	timeout, err := time.ParseDuration(get("SHUTDOWN_TIMEOUT", "10s"))
	if err != nil {
		return Config{}, fmt.Errorf("SHUTDOWN_TIMEOUT: %w", err)
	}
	config.ShutdownTimeout = timeout
	return config, nil
}
