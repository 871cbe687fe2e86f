// Needs the C++ runtime: streams, exceptions, threads and OpenMP.
#include <iostream>
#include <locale>
#include <numeric>
#include <stdexcept>
#include <thread>
#include <unistd.h>
#include <vector>

int main() {
    std::vector<long> parts(4);
#pragma omp parallel for
    for (int part = 0; part < 4; part++)
        for (long i = 1; i <= 1000; i++) parts[part] += i * (part + 1);
    std::thread thread([&] {
        try {
            throw std::runtime_error("caught");
        } catch (const std::exception &error) {
            std::cout << error.what() << ' ';
        }
    });
    thread.join();
    std::cout << std::accumulate(parts.begin(), parts.end(), 0L) << " as " << getuid() << '\n';
}
