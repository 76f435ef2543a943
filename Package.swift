// swift-tools-version: 6.2
import PackageDescription

// No outside Swift package. Each C library is Debian's own, behind one thin Swift target; what it saves stands beside it.

let settings: [SwiftSetting] = [
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .enableExperimentalFeature("Lifetimes"),
  .treatAllWarnings(as: .error),
]

func system(_ name: String, _ pkgConfig: String, apt: String) -> Target {
  .systemLibrary(name: name, path: "Shared/\(name)", pkgConfig: pkgConfig, providers: [.apt([apt])])
}

func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(
    name: name, dependencies: dependencies, path: "Shared/\(name)", swiftSettings: settings)
}

func service(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .executableTarget(
    name: name, dependencies: dependencies, path: "Services/\(name)", swiftSettings: settings)
}

func tests(_ subject: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .testTarget(
    name: "\(subject)Tests", dependencies: [.byName(name: subject), "SeededRandom", "Subprocess"] + dependencies,
    path: "Tests/\(subject)Tests", swiftSettings: settings)
}

let package = Package(
  name: "taskmesh",
  products: [
    .executable(name: "task-api", targets: ["TaskAPI"]),
    .executable(name: "search-indexer", targets: ["SearchIndexer"]),
    .executable(name: "recurrence-engine", targets: ["RecurrenceEngine"]),
    .executable(name: "notifier", targets: ["Notifier"]),
    .executable(name: "local-mesh", targets: ["LocalMesh"]),
    // For Tests/Benchmarks, a package of its own.
    .library(name: "EventLoop", targets: ["EventLoop"]),
    .library(name: "HTTP2Transport", targets: ["HTTP2Transport"]),
    .library(name: "JSON", targets: ["JSON"]),
  ],
  targets: [
    // libuv: sockets, timers, signals and child processes on one thread, without an epoll loop of our own to keep right.
    system("CUV", "libuv", apt: "libuv1-dev"),
    // libnghttp2: HPACK, framing, flow control and the answers to known floods: 20,000 lines that we need not own.
    system("CNghttp2", "libnghttp2", apt: "libnghttp2-dev"),
    // librdkafka: the Kafka protocol with its leader moves, retries, idempotence, SASL and TLS.
    system("CRdKafka", "rdkafka", apt: "librdkafka-dev"),
    // libsqlite3: the index, its full-text search and its crash safety.
    system("CSQLite", "sqlite3", apt: "libsqlite3-dev"),
    // libcrypto: HMAC, SHA-1, SHA-256 and the public-key signatures of tokens.
    system("CCrypto", "libcrypto", apt: "libssl-dev"),
    // libyaml: a complete YAML 1.1 parser, for component files.
    system("CYAML", "yaml-0.1", apt: "libyaml-dev"),

    library("JSON"),
    library("Protobuf"),
    library("YAML", ["CYAML"]),
    library("Tokens", ["CCrypto", "JSON"]),
    library("SQLite", ["CSQLite"]),
    library("Recurrence"),
    library("TaskModel", ["JSON", "Protobuf", "Recurrence", "Tokens"]),
    library("TaskQuery", ["Recurrence"]),
    library("JSONLog", ["JSON"]),
    library("Metrics"),
    library("EventLoop", ["CUV"]),
    library("HTTP2Transport", ["EventLoop", "CNghttp2", "JSON"]),
    library("KafkaClient", ["EventLoop", "CRdKafka"]),
    library("DaprClient", ["HTTP2Transport", "JSON"]),
    library("Daemon", ["EventLoop", "HTTP2Transport", "JSONLog", "Metrics"]),

    service(
      "TaskAPI",
      [
        "Daemon", "DaprClient", "EventLoop", "HTTP2Transport", "JSON", "JSONLog", "KafkaClient", "Protobuf",
        "Recurrence",
        "TaskModel", "TaskQuery", "Tokens",
      ]),
    service(
      "RecurrenceEngine",
      ["Daemon", "DaprClient", "HTTP2Transport", "JSON", "JSONLog", "Metrics", "Protobuf", "Recurrence", "TaskModel"]),
    service(
      "Notifier",
      ["Daemon", "DaprClient", "HTTP2Transport", "JSON", "JSONLog", "Metrics", "Recurrence", "TaskModel", "Tokens"]),
    service(
      "LocalMesh",
      ["Daemon", "EventLoop", "HTTP2Transport", "JSON", "Recurrence", "SQLite", "Tokens", "YAML"]),
    service(
      "SearchIndexer",
      [
        "Daemon", "DaprClient", "EventLoop", "HTTP2Transport", "JSON", "JSONLog", "KafkaClient", "Metrics", "Protobuf",
        "Recurrence", "SQLite", "TaskModel", "TaskQuery", "Tokens",
      ]),

    // The programs that tests compare with.
    .target(name: "Subprocess", path: "Tests/Subprocess", swiftSettings: settings),
    .target(name: "SeededRandom", path: "Tests/SeededRandom", swiftSettings: settings),
    tests("JSON"), tests("Protobuf"), tests("YAML"), tests("Tokens"), tests("SQLite"),
    tests("Recurrence"), tests("TaskModel"), tests("TaskQuery"), tests("JSONLog"),
    tests("Metrics"), tests("EventLoop"), tests("HTTP2Transport"), tests("KafkaClient"),
    tests("DaprClient"), tests("Daemon"), tests("TaskAPI"), tests("SearchIndexer", ["SQLite"]),
    tests("RecurrenceEngine"), tests("Notifier"), tests("LocalMesh", ["KafkaClient"]),
    .testTarget(
      name: "MeshTests",
      dependencies: [
        "Daemon", "EventLoop", "HTTP2Transport", "JSON", "SQLite", "SeededRandom", "Subprocess", "Tokens",
      ],
      path: "Tests/MeshTests", swiftSettings: settings),
  ],
  swiftLanguageModes: [.v6]
)
