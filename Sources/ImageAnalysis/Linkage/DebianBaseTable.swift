/// What the bases of this project that are made of Debian 12 offer, as they were assembled on 2026-11-21 from libc6
/// 2.36-9+deb12u, libstdc++6 12.2.0-14+deb12u and libssl3 3.0 (read with `readelf -dV`): for each library the base that
/// brings it, its name, what it needs, and the versions of its symbols.
///
/// One library a line: `BASE NAME: NEEDED… | PREFIX VERSION… | …`.
enum DebianBaseTable {
    static let amd64 = """
        base ld-linux-x86-64.so.2 | GLIBC_ 2.2.5 2.3 2.4 2.34 2.35 PRIVATE
        base libBrokenLocale.so.1: libc.so.6 | GLIBC_ 2.2.5
        base libanl.so.1: libc.so.6 | GLIBC_ 2.2.5
        base libc.so.6: ld-linux-x86-64.so.2 | GLIBC_ 2.2.5 2.2.6 2.3 2.3.2 2.3.3 2.3.4 2.4 2.5 2.6 2.7 2.8 2.9 \
            2.10 2.11 2.12 2.13 2.14 2.15 2.16 2.17 2.18 2.22 2.23 2.24 2.25 2.26 2.27 2.28 2.29 2.30 2.31 2.32 2.33 \
            2.34 2.35 2.36 ABI_DT_RELR PRIVATE
        base libc_malloc_debug.so.0: libc.so.6 ld-linux-x86-64.so.2 | GLIBC_ 2.2.5 2.10 2.16 2.33
        base libcrypto.so.3: libc.so.6 | OPENSSL_ 3.0.0 3.0.3 3.0.8 3.0.9
        base libdl.so.2: libc.so.6 | GLIBC_ 2.2.5 2.3.3 2.3.4
        cc libgcc_s.so.1: libc.so.6 | GCC_ 3.0 3.3 3.3.1 3.4 3.4.2 3.4.4 4.0.0 4.2.0 4.3.0 4.7.0 4.8.0 7.0.0 \
            12.0.0
        cc libgomp.so.1: libc.so.6 | OMP_ 1.0 2.0 3.0 3.1 4.0 4.5 5.0 5.0.1 5.0.2 5.1 | GOMP_ 1.0 2.0 3.0 4.0 \
            4.0.1 4.5 5.0 5.0.1 5.1 | OACC_ 2.0 2.0.1 2.5 2.5.1 2.6 | GOACC_ 2.0 2.0.1 2.0.2 | GOMP_PLUGIN_ 1.0 1.1 \
            1.2 1.3
        base libm.so.6: libc.so.6 ld-linux-x86-64.so.2 | GLIBC_ 2.2.5 2.4 2.15 2.18 2.23 2.24 2.25 2.26 2.27 2.28 \
            2.29 2.31 2.32 2.35
        base libmemusage.so: libc.so.6 ld-linux-x86-64.so.2
        base libmvec.so.1: libm.so.6 ld-linux-x86-64.so.2 libc.so.6 | GLIBC_ 2.22 2.35
        base libnsl.so.1: libc.so.6 | GLIBC_ 2.2.5 PRIVATE
        base libnss_compat.so.2: libc.so.6 | GLIBC_ PRIVATE
        base libnss_dns.so.2: libc.so.6 | GLIBC_ PRIVATE
        base libnss_files.so.2: libc.so.6 | GLIBC_ PRIVATE
        base libnss_hesiod.so.2: libresolv.so.2 libc.so.6 | GLIBC_ PRIVATE
        base libpcprofile.so: libc.so.6
        base libpthread.so.0: libc.so.6 | GLIBC_ 2.2.5 2.2.6 2.3.2 2.3.3 2.3.4 2.4 2.11 2.12 2.18 2.28 2.30 2.31
        base libresolv.so.2: libc.so.6 | GLIBC_ 2.2.5 2.3.2 2.9 PRIVATE
        base librt.so.1: libc.so.6 | GLIBC_ 2.2.5 2.3.3 2.3.4 2.4 2.7
        base libssl.so.3: libcrypto.so.3 libc.so.6 | OPENSSL_ 3.0.0
        cc libstdc++.so.6: libm.so.6 libc.so.6 ld-linux-x86-64.so.2 libgcc_s.so.1 | GLIBCXX_ 3.4 3.4.1 3.4.2 3.4.3 \
            3.4.4 3.4.5 3.4.6 3.4.7 3.4.8 3.4.9 3.4.10 3.4.11 3.4.12 3.4.13 3.4.14 3.4.15 3.4.16 3.4.17 3.4.18 3.4.19 \
            3.4.20 3.4.21 3.4.22 3.4.23 3.4.24 3.4.25 3.4.26 3.4.27 3.4.28 3.4.29 3.4.30 | CXXABI_ 1.3 1.3.1 1.3.2 \
            1.3.3 1.3.4 1.3.5 1.3.6 1.3.7 1.3.8 1.3.9 1.3.10 1.3.11 1.3.12 1.3.13 TM_1 FLOAT128
        base libthread_db.so.1: libc.so.6 | GLIBC_ 2.2.5 2.3 2.3.3
        base libutil.so.1: libc.so.6 | GLIBC_ 2.2.5
        """

    static let arm64 = """
        base ld-linux-aarch64.so.1 | GLIBC_ 2.17 2.34 2.35 PRIVATE
        base libBrokenLocale.so.1: libc.so.6 ld-linux-aarch64.so.1 | GLIBC_ 2.17
        base libanl.so.1: libc.so.6 | GLIBC_ 2.17
        base libc.so.6: ld-linux-aarch64.so.1 | GLIBC_ 2.17 2.18 2.22 2.23 2.24 2.25 2.26 2.27 2.28 2.29 2.30 2.31 \
            2.32 2.33 2.34 2.35 2.36 ABI_DT_RELR PRIVATE
        base libc_malloc_debug.so.0: libc.so.6 ld-linux-aarch64.so.1 | GLIBC_ 2.17 2.33
        base libcrypto.so.3: libc.so.6 ld-linux-aarch64.so.1 | OPENSSL_ 3.0.0 3.0.3 3.0.8 3.0.9
        base libdl.so.2: libc.so.6 | GLIBC_ 2.17
        cc libgcc_s.so.1: libc.so.6 | GLIBC_ 2.0 | GCC_ 3.0 3.3 3.3.1 3.4 3.4.2 3.4.4 4.0.0 4.2.0 4.3.0 4.5.0 \
            4.7.0 7.0.0 11.0
        cc libgomp.so.1: libc.so.6 | OMP_ 1.0 2.0 3.0 3.1 4.0 4.5 5.0 5.0.1 5.0.2 5.1 | GOMP_ 1.0 2.0 3.0 4.0 \
            4.0.1 4.5 5.0 5.0.1 5.1 | OACC_ 2.0 2.0.1 2.5 2.5.1 2.6 | GOACC_ 2.0 2.0.1 2.0.2 | GOMP_PLUGIN_ 1.0 1.1 \
            1.2 1.3
        base libm.so.6: libc.so.6 ld-linux-aarch64.so.1 | GLIBC_ 2.17 2.18 2.23 2.24 2.25 2.27 2.28 2.29 2.31 2.32 \
            2.35
        base libmemusage.so: libc.so.6 ld-linux-aarch64.so.1
        base libnsl.so.1: libc.so.6 ld-linux-aarch64.so.1 | GLIBC_ 2.17 PRIVATE
        base libnss_compat.so.2: libc.so.6 ld-linux-aarch64.so.1 | GLIBC_ PRIVATE
        base libnss_dns.so.2: libc.so.6 | GLIBC_ PRIVATE
        base libnss_files.so.2: libc.so.6 | GLIBC_ PRIVATE
        base libnss_hesiod.so.2: libresolv.so.2 libc.so.6 ld-linux-aarch64.so.1 | GLIBC_ PRIVATE
        base libpcprofile.so: libc.so.6 ld-linux-aarch64.so.1
        base libpthread.so.0: libc.so.6 | GLIBC_ 2.17 2.18 2.28 2.30 2.31
        base libresolv.so.2: libc.so.6 ld-linux-aarch64.so.1 | GLIBC_ 2.17 PRIVATE
        base librt.so.1: libc.so.6 ld-linux-aarch64.so.1 | GLIBC_ 2.17
        base libssl.so.3: libcrypto.so.3 libc.so.6 ld-linux-aarch64.so.1 | OPENSSL_ 3.0.0
        cc libstdc++.so.6: libm.so.6 libc.so.6 libgcc_s.so.1 | GLIBCXX_ 3.4 3.4.1 3.4.2 3.4.3 3.4.4 3.4.5 3.4.6 \
            3.4.7 3.4.8 3.4.9 3.4.10 3.4.11 3.4.12 3.4.13 3.4.14 3.4.15 3.4.16 3.4.17 3.4.18 3.4.19 3.4.20 3.4.21 \
            3.4.22 3.4.23 3.4.24 3.4.25 3.4.26 3.4.27 3.4.28 3.4.29 3.4.30 | CXXABI_ 1.3 1.3.1 1.3.2 1.3.3 1.3.4 1.3.5 \
            1.3.6 1.3.7 1.3.8 1.3.9 1.3.10 1.3.11 1.3.12 1.3.13 TM_1
        base libthread_db.so.1: libc.so.6 ld-linux-aarch64.so.1 | GLIBC_ 2.17
        base libutil.so.1: libc.so.6 | GLIBC_ 2.17
        """
}
