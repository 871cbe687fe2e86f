// What a static program finds on a base.
package main

import (
	"crypto/x509"
	"fmt"
	"mime"
	"net"
	"os"
	"os/user"
	"time"
)

func main() {
	self, err := user.Current()
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println("user", self.Uid, self.Gid, self.Username, self.HomeDir)
	_, err = os.Create("/x")
	fmt.Println(err)
	addresses, err := net.LookupHost("localhost")
	fmt.Println("localhost", len(addresses) > 0, err)
	port, err := net.LookupPort("tcp", "https")
	fmt.Println("https", port, err)
	zone, err := time.LoadLocation("Asia/Shanghai")
	fmt.Println("time", time.Unix(1000000000, 0).In(zone), err)
	pool, err := x509.SystemCertPool()
	fmt.Println("certificates", !pool.Equal(x509.NewCertPool()), err)
	fmt.Println("type", mime.TypeByExtension(".odt"))
}
