import Testing

@testable import Builder

@Suite struct SensitivePlacesTests {
    private static let homes = ["/home/u", "/nonexistent/u"]

    @Test(
        "The home, what is hidden in it, what is above it and the system's directories are sensitive",
        arguments: homes
    )
    func sensitive(home: String) {
        let places = SensitivePlaces(project: "\(home)/project", variables: ["HOME": home])
        for place in [
            home, "\(home)/.ssh", "\(home)/.config/a/b", "/", "/home", "/etc", "/etc/ssh", "/usr/lib", "/boot",
        ] {
            #expect(places.contain(place), "\(place)")
        }
        for place in ["\(home)/build", "\(home)/.cache/x", "/var/tmp/x", "/srv/images", "/usr/local/x", "/etcetera"] {
            #expect(!places.contain(place), "\(place)")
        }
    }

    @Test(
        "With / or nothing as the home, the system's directories are still sensitive",
        arguments: ["/", "", "relative"]
    )
    func withoutHome(home: String) {
        let places = SensitivePlaces(project: "/src", variables: ["HOME": home])
        #expect(places.contain("/etc") && places.contain("/root/.ssh") && !places.contain("/out"))
    }

    @Test("A project in a hidden directory may use its neighbours")
    func hiddenProject() {
        let places = SensitivePlaces(project: "/home/u/.jobs/a/project", variables: ["HOME": "/home/u"])
        #expect(!places.contain("/home/u/.jobs/a/out") && places.contain("/home/u/.ssh"))
    }
}
