// Command clock tells the time in a place, and whether it could ask a server over TLS.
package main

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"
	"time"
)

func main() {
	name := "Europe/Berlin"
	if len(os.Args) > 1 {
		name = os.Args[1]
	}
	place, err := time.LoadLocation(name)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(time.Date(2024, 7, 1, 12, 0, 0, 0, time.UTC).In(place))
	pool, err := x509.SystemCertPool()
	if err != nil || len(pool.Subjects()) < 50 { //nolint:staticcheck // what the system has is what is asked for
		fmt.Fprintln(os.Stderr, "no authorities:", err)
		os.Exit(1)
	}
	if _, err := tls.Dial("tcp", "192.0.2.1:443", &tls.Config{RootCAs: pool}); err != nil {
		fmt.Println("no server")
	}
}
