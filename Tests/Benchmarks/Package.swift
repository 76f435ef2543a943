// swift-tools-version: 6.2
import PackageDescription

// Load generators, apart from the product: `ops/bench` builds and runs them.

let package = Package(
  name: "benchmarks",
  dependencies: [.package(name: "taskmesh", path: "../..")],
  targets: [
    .executableTarget(
      name: "Bench",
      dependencies: [
        .product(name: "EventLoop", package: "taskmesh"), .product(name: "HTTP2Transport", package: "taskmesh"),
        .product(name: "JSON", package: "taskmesh"),
      ],
      swiftSettings: [
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"), .treatAllWarnings(as: .error),
      ]),
    .testTarget(name: "BenchTests", dependencies: ["Bench"]),
  ],
  swiftLanguageModes: [.v6]
)
