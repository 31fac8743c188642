/// Each check of packages, with a way to break a plugin that makes it fail.
extension PackageCheckTests.Fault {
    static let all: [Self] = ofFiles + ofAnswers + ofChoice + ofChanges + ofTrust

    private static let ofFiles: [Self] = [
        Self("loose", "a setuid bit is kept"), Self("plain-directories", "a setgid directory is kept"),
        Self("unsticky", "a sticky directory is kept"), Self("copying", "two names of a file are hard links"),
        Self("following", "a symbolic link is kept as it is"), Self("relinking", "directories that are links stay"),
        Self("powerless", "capabilities of files"), Self("careless", "a configuration file has its content"),
        Self("rootly", "groups of files"), Self("plain-names", "names that are not ASCII"),
        Self("mute", "documentation is installed"), Self("talkative", "no log and no cache of the package manager"),
        Self("littering", "nothing is left where programs put temporary files"),
        Self("homely", "nothing is left in the home directory"), Self("mounting", "nothing of what the build mounts"),
        Self("padding", "a file without content"), Self("cutting", "a large file is whole"),
        Self("pruning", "an empty directory"), Self("opening", "a directory for root alone"),
        Self("opening", "a file for root alone"), Self("opening", "a setgid program"),
        Self("touching", "times of files"), Self("tidy", "a symbolic link that leads nowhere"),
        Self("relative", "an absolute symbolic link"), Self("blank", "names with blanks"),
        Self("signs", "names with signs of the shell"), Self("short-names", "long names are kept"),
        Self("inventive", "no file has another name"),
        Self("undiverted", "a file of another package is diverted", of: "debian"),
        Self("untaken", "a file is taken over", of: "debian"),
        Self("scriptless", "scripts of packages run"), Self("disorderly", "scripts run once each"),
        Self("early", "scripts that run at a removal"),
    ]

    private static let ofAnswers: [Self] = [
        Self("misversioned", "versions are those of the packages"), Self("epochless", "versions have their epochs"),
        Self("universal", "architectures are those"), Self("bloated", "sizes agree with the files"),
        Self("sourceless", "source packages are those"), Self("ownerless", "the owner of a file is named"),
        Self("ownerless", "the owner of a file of a later layer"),
        Self("unlicensed", "licences are those"), Self("clinging", "without its database nothing"),
    ]

    private static let ofChoice: [Self] = [
        Self("refusing", "packages of a signed repository are installed"),
        Self("greedy", "what resolve names"), Self("odd", "a package whose name has signs"),
        Self("one-handed", "packages that need each other"), Self("half", "a package without files"),
        Self("forgetful", "a package that is asked for twice"), Self("generous", "weak dependencies are left out"),
        Self("stingy", "weak dependencies are installed"), Self("wordy", "documentation is left out"),
        Self("sweeping", "what is no documentation"), Self("aged", "the newest version is chosen"),
        Self("newest", "a version can be asked for"), Self("literal", "what packages provide can be asked for"),
        Self("pathless", "a path can be asked for"), Self("switching", "the one that is asked for is installed"),
        Self("undecided", "exclude each other"),
    ]

    private static let ofChanges: [Self] = [
        Self("keeping", "a removed package is no longer listed"), Self("keeping", "removal removes the files"),
        Self("keeping", "removal removes configuration files"), Self("keeping", "removal runs the scripts"),
        Self("keeping", "what only a removed package needed"), Self("thorough", "what others need stays"),
        Self("strict", "the removal of a package that is not installed"),
        Self("helpless", "scripts of projects install"), Self("forgetful", "packages are installed into a later layer"),
        Self("resetting", "a later layer leaves the files"), Self("forgetful", "one package more is installed"),
        Self("random", "an image on a kept layer"), Self("lonely", "packages of the project's own are installed"),
        Self("lonely", "packages of the project's own are preferred"), Self("unlocked", "a lock file keeps"),
    ]

    private static let ofTrust: [Self] = [
        Self("vague", "a package that does not exist"), Self("vague", "a broken dependency"),
        Self("vague", "a version that does not exist"), Self("vague", "both packages of a conflict"),
        Self("vague", "two packages with the same file"), Self("vague", "a package for other machines"),
        Self("optional", "a word that looks like an option"), Self("vague", "a package whose script"),
        Self("vague", "a repository that does not exist"), Self("locking", "a build that was cancelled"),
        Self("trusting", "an unsigned repository is refused"),
        Self("trusting", "a repository that is signed by another key"),
        Self("trusting", "whose key has expired"), Self("trusting", "not the one that was signed"),
        Self("blind", "a part of an index"), Self("patient", "no longer good", of: "debian"),
        Self("blind", "a package that is not the one of the index"),
        Self("trusting", "a package that is signed by another key"), Self("trusting", "what was refused once"),
        Self("suspicious", "an unsigned repository is used"), Self("online", "uses what is cached"),
        Self("secretive", "what is not cached is an error"), Self("secretive", "a cached index is not renewed"),
        Self("lazy", "a new index is used"), Self("random", "two builds have the same bytes"),
        Self("random", "the mask of the user"), Self("homesick", "the home directory of the user"),
    ]
}
