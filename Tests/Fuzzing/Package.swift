// swift-tools-version: 6.2

// Fuzzing of what reads configuration and command lines; Scripts/fuzz.sh builds and runs it.
//
// It is a package of its own because all of its modules, and those of mkosi below them, are compiled with coverage.

import PackageDescription

let package = Package(
    name: "Fuzzing",
    products: [
        // libFuzzer brings the main program, so the script links this archive with it.
        .library(name: "Fuzzing", type: .static, targets: ["Fuzzing"])
    ],
    dependencies: [.package(name: "mkosi", path: "../..")],
    targets: [
        .target(
            name: "Fuzzing",
            dependencies: [.product(name: "HostModules", package: "mkosi")],
            swiftSettings: [
                .swiftLanguageMode(.v6),
                .enableUpcomingFeature("ExistentialAny"),
                .enableUpcomingFeature("MemberImportVisibility"),
                .enableUpcomingFeature("InternalImportsByDefault"),
                .treatAllWarnings(as: .error),
            ]
        )
    ]
)
