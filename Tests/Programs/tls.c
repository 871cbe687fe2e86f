// Asks https://localhost:PORT/ and says whether the server's certificate is trusted.
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdio.h>

int main(int count, char **arguments) {
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_default_verify_paths(context);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    BIO *connection = BIO_new_ssl_connect(context);
    SSL *tls = NULL;
    BIO_get_ssl(connection, &tls);
    SSL_set1_host(tls, "localhost");
    BIO_set_conn_hostname(connection, count > 1 ? arguments[1] : "localhost:443");
    if (BIO_do_connect(connection) <= 0 || BIO_do_handshake(connection) <= 0) {
        long result = SSL_get_verify_result(tls);
        printf("refused: %s\n", X509_verify_cert_error_string(result));
        return result == X509_V_OK;
    }
    printf("trusted: %s\n", SSL_get_version(tls));
    return 0;
}
