import Inventory

/// When the releases of languages and databases, which Docker's library has images of, get their last security fixes.
///
/// Taken on 2026-11-21. .NET, MongoDB, MySQL, PHP, PostgreSQL and Ruby from the data of
/// https://github.com/endoflife-date/endoflife.date, which names the projects' own pages as its sources (PostgreSQL as of
/// 2024, the others as of 2026, with releases of later date left out); Python from https://endoflife.date/api/python.json
/// as of April 2026, which agrees with the months of https://github.com/python/devguide; Node.js from
/// https://github.com/nodejs/Release as of 2025. Go's own rule is that a release ends when the second one after it comes
/// (https://go.dev/doc/devel/release): the days here are those of these releases, of 1.26 and 1.27 as
/// https://pkg.go.dev/std?tab=versions has them.
enum LanguageReleases {
    struct Product {
        /// Names of images.
        let images: [String]
        /// For people.
        let name: String
        /// How many numbers of a version make a release.
        let depth: Int
        let ends: [String: String]
    }

    static func product(ofImage name: String) -> Product? { products.first { $0.images.contains(name) } }

    static let products = [
        Product(
            images: ["golang"], name: "Go", depth: 2,
            ends: [
                "1.10": "2019-02-25", "1.11": "2019-09-03", "1.12": "2020-02-25", "1.13": "2020-08-11",
                "1.14": "2021-02-16", "1.15": "2021-08-16", "1.16": "2022-03-15", "1.17": "2022-08-02",
                "1.18": "2023-02-01", "1.19": "2023-08-08", "1.20": "2024-02-06", "1.21": "2024-08-13",
                "1.22": "2025-02-11", "1.23": "2025-08-12", "1.24": "2026-02-10", "1.25": "2026-08-19",
            ]),
        Product(
            images: [
                "mcr.microsoft.com/dotnet/aspnet", "mcr.microsoft.com/dotnet/core/aspnet",
                "mcr.microsoft.com/dotnet/core/runtime", "mcr.microsoft.com/dotnet/core/runtime-deps",
                "mcr.microsoft.com/dotnet/core/sdk", "mcr.microsoft.com/dotnet/runtime",
                "mcr.microsoft.com/dotnet/runtime-deps", "mcr.microsoft.com/dotnet/sdk",
            ], name: ".NET", depth: 2,
            ends: [
                "1.0": "2019-06-27", "1.1": "2019-06-27", "2.0": "2018-10-01", "2.1": "2021-08-21",
                "2.2": "2019-12-23", "3.0": "2020-03-03", "3.1": "2022-12-13", "5.0": "2022-05-10",
                "6.0": "2024-11-12", "7.0": "2024-05-14", "8.0": "2026-11-10", "9.0": "2026-11-10",
                "10.0": "2028-11-14",
            ]),
        Product(
            images: ["mongo"], name: "MongoDB", depth: 2,
            ends: [
                "3.6": "2021-04-30", "4.0": "2022-04-30", "4.2": "2023-04-30", "4.4": "2024-02-29",
                "5.0": "2024-10-31", "6.0": "2025-07-31", "7.0": "2027-08-31", "8.0": "2029-10-31",
            ]),
        Product(
            images: ["mysql"], name: "MySQL", depth: 2,
            ends: [
                "5.5": "2018-12-31", "5.6": "2021-02-28", "5.7": "2023-10-31", "8.0": "2026-04-30",
                "8.1": "2023-10-25", "8.2": "2023-12-14", "8.3": "2024-04-10", "8.4": "2032-04-30",
            ]),
        Product(
            images: ["node"], name: "Node.js", depth: 1,
            ends: [
                "4": "2018-04-30", "5": "2016-06-30", "6": "2019-04-30", "7": "2017-06-30", "8": "2019-12-31",
                "9": "2018-06-30", "10": "2021-04-30", "11": "2019-06-30", "12": "2022-04-30", "13": "2020-06-01",
                "14": "2023-04-30", "15": "2021-06-01", "16": "2023-09-11", "17": "2022-06-01", "18": "2025-04-30",
                "19": "2023-06-01", "20": "2026-04-30", "21": "2024-06-01", "22": "2027-04-30", "23": "2025-06-01",
                "24": "2028-04-30", "25": "2026-06-01",
            ]),
        Product(
            images: ["php"], name: "PHP", depth: 2,
            ends: [
                "5.3": "2014-08-14", "5.4": "2015-09-14", "5.5": "2016-07-21", "5.6": "2018-12-31",
                "7.0": "2019-01-10", "7.1": "2019-12-01", "7.2": "2020-11-30", "7.3": "2021-12-06",
                "7.4": "2022-11-28", "8.0": "2023-11-26", "8.1": "2025-12-31", "8.2": "2026-12-31",
                "8.3": "2027-12-31", "8.4": "2028-12-31", "8.5": "2029-12-31",
            ]),
        Product(
            images: ["postgres"], name: "PostgreSQL", depth: 1,
            ends: [
                "9": "2021-11-11", "10": "2022-11-10", "11": "2023-11-09", "12": "2024-11-14", "13": "2025-11-13",
                "14": "2026-11-12", "15": "2027-11-11", "16": "2028-11-09",
            ]),
        Product(
            images: ["python"], name: "Python", depth: 2,
            ends: [
                "2.6": "2013-10-29", "2.7": "2020-01-01", "3.3": "2017-09-29", "3.4": "2019-03-18",
                "3.5": "2020-09-13", "3.6": "2021-12-23", "3.7": "2023-06-27", "3.8": "2024-10-07",
                "3.9": "2025-10-31", "3.10": "2026-10-31", "3.11": "2027-10-31", "3.12": "2028-10-31",
                "3.13": "2029-10-31", "3.14": "2030-10-31",
            ]),
        Product(
            images: ["ruby"], name: "Ruby", depth: 2,
            ends: [
                "2.1": "2017-03-31", "2.2": "2018-03-31", "2.3": "2019-03-31", "2.4": "2020-03-31",
                "2.5": "2021-03-31", "2.6": "2022-03-31", "2.7": "2023-03-31", "3.0": "2024-04-23",
                "3.1": "2025-03-31", "3.2": "2026-03-31", "3.3": "2027-03-31", "3.4": "2028-03-31",
                "4.0": "2029-03-31",
            ]),
    ]

    /// Code names of releases of Debian and Ubuntu, which tags use.
    static let codeNames: [Substring: (id: String, release: String)] = [
        "wheezy": ("debian", "7"), "jessie": ("debian", "8"), "stretch": ("debian", "9"), "buster": ("debian", "10"),
        "bullseye": ("debian", "11"), "bookworm": ("debian", "12"), "trixie": ("debian", "13"),
        "trusty": ("ubuntu", "14.04"), "xenial": ("ubuntu", "16.04"), "bionic": ("ubuntu", "18.04"),
        "focal": ("ubuntu", "20.04"), "jammy": ("ubuntu", "22.04"), "noble": ("ubuntu", "24.04"),
    ]
}
