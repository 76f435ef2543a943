import Foundation
import Testing

@testable import LocalMesh

@Suite struct DataDirectoryTests {
  let path = NSTemporaryDirectory() + "data-directory-\(Foundation.UUID().uuidString)/deep"

  @Test func secretsAreMadeOnceForTheirOwnerAlone() throws {
    let first = try DataDirectory(path: path).secrets()
    #expect(Set(first.keys) == ["jwt-secret", "dapr-api-token", "app-api-token"])
    #expect(Set(first.values).count == 3)
    let attributes = try FileManager.default.attributesOfItem(atPath: path + "/secrets.json")
    #expect(attributes[.posixPermissions] as? Int == 0o600)
  }

  @Test func aBrokenSecretsFileIsSaid() throws {
    let directory = try DataDirectory(path: path)
    _ = try directory.secrets()
    try Data("{".utf8).write(to: URL(fileURLWithPath: path + "/secrets.json"))
    let fault = #expect(throws: DataDirectory.Fault.self) { try directory.secrets() }
    #expect(fault?.description.contains("is not a JSON object; mend it, or delete it") == true)
  }
}
