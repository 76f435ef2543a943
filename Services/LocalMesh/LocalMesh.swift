@main struct LocalMeshMain { static func main() {} }
