#!/bin/sh
# stage.sh PRODUCTS STAGE DIGEST: lays out what was built as it will be installed, by hard links where they can be made.
# DIGEST is that of the sources (source-digest.sh) when the build began.
set -eu
cd "$(dirname "$0")/.."
products=$1
stage=$2
digest=$3
new=$stage.new

rm -rf "$new"
mkdir -p "$new/bin" "$new/lib/mkosi/libexec" "$new/lib/mkosi/runtime" "$new/lib/mkosi/plugins" \
    "$new/lib/mkosi/swift/CPluginABI" "$new/include" "$new/share/doc/mkosi" "$new/share/man/man1"

# A link costs nothing; the file system may not have them, or the products may be on another one.
place() {
    ln -f "$1" "$2" 2>/dev/null || cp "$1" "$2"
}

for program in mkosi mkosi-sandbox; do
    place "$products/$program" "$new/bin/$program"
done
for program in mkosi-fetch mkosi-plugin-bridge mkosi-sign mkosi-tree; do
    [ ! -x "$products/$program" ] || place "$products/$program" "$new/lib/mkosi/libexec/$program"
done

# What checks of reproducible builds put before the C library of scripts. SwiftPM would link the Swift runtime to it.
clang -shared -o "$new/lib/mkosi/libexec/mkosi-disorder.so" "$products"/CDisorder.build/*.o

# The program of Plugins/formats/acme is the product mkosi-plugin-acme, and its library libmkosi-plugin-acme.so; the manifest
# says what it is to be called. A plugin whose manifest starts nothing has no code yet: it is its manifest and its
# resources.
find Plugins -name plugin.json | sort | while read -r manifest; do
    directory=$(dirname "$manifest")
    name=$(basename "$directory")
    target=$new/lib/mkosi/plugins/$name
    program=$(tr -d ' \n' <"$manifest" | sed -n 's/.*"executable":\["\([^"]*\)".*/\1/p')
    library=$(tr -d ' \n' <"$manifest" | sed -n 's/.*"library":"\([^"]*\)".*/\1/p')
    # Some start the code of another plugin.
    other=$(tr -d ' \n' <"$manifest" | sed -n 's/.*"start":{"plugin":"\([^"]*\)".*/\1/p')
    if [ -z "$program$library$other" ] && grep -q '"start"' "$manifest"; then
        echo "stage: $manifest does not say which program or library it starts" >&2
        exit 1
    fi
    mkdir -p "$target"
    cp "$manifest" "$target/plugin.json"
    [ -z "$program" ] || place "$products/mkosi-plugin-$name" "$target/$program"
    [ -z "$library" ] || place "$products/libmkosi-plugin-$name.so" "$target/$library"
    [ ! -f "$directory/check.json" ] || cp "$directory/check.json" "$target/check.json"
    [ ! -d "$directory/resources" ] || cp -R "$directory/resources" "$target/resources"
done

# What the programs that make file systems are run with, so that they see labels. Any C library can load it.
clang -shared -nostdlib -o "$new/lib/mkosi/plugins/disk/labels.so" "$products"/CLabels.build/*.o

# The list of what they provide, so that errors can name a missing plugin.
"$new/bin/mkosi" plugin index "$new/lib/mkosi/plugins" >"$new/lib/mkosi/known-plugins.json"

# What `mkosi plugin new` copies.
cp -R Sources/PluginABI/templates "$new/lib/mkosi/templates"

# What an author of a Swift plugin compiles and links against.
for module in PluginKit PluginWire JSON System ByteKeys; do
    cp "$products/Modules/$module.swiftmodule" "$new/lib/mkosi/swift/"
done
cp Sources/PluginABI/CPluginABI/include/mkosi_plugin.h "$new/include/"
cp Sources/PluginABI/plugin.schema.json "$new/share/doc/mkosi/"
cat >"$new/lib/mkosi/swift/CPluginABI/module.modulemap" <<'MAP'
module CPluginABI {
    header "../../../../include/mkosi_plugin.h"
    export *
}
MAP
# The compiler looks up what the modules above are made of.
mkdir -p "$new/lib/mkosi/swift/CFiles"
cp Sources/C/CFiles/include/* "$new/lib/mkosi/swift/CFiles/"
# The objects of the product, not all that are there: those of sources that were moved away stay in the build directory.
swiftc -emit-library -o "$new/lib/mkosi/swift/libPluginKit.so" -no-toolchain-stdlib-rpath \
    -Xlinker "-rpath=\$ORIGIN/../runtime" -Xlinker -soname=libPluginKit.so \
    "@$products/PluginKit.product/Objects.LinkFileList"

# The part of the Swift runtime that plugins and programs need, found by following what each file asks the loader for.
runtime=$(swiftc -print-target-info | sed -n 's/^ *"runtimeLibraryPaths": *\[ *//;/\/lib\/swift\/linux"/{s/^ *"//;s/".*//;p;q;}')
if [ ! -e "$runtime/libswiftCore.so" ]; then
    echo "stage: cannot find the Swift runtime libraries (looked in '$runtime')" >&2
    exit 1
fi
needed() {
    readelf --dynamic "$1" 2>/dev/null | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p'
}
follow() {
    for library in $(needed "$1"); do
        if [ -e "$runtime/$library" ] && [ ! -e "$new/lib/mkosi/runtime/$library" ]; then
            cp "$runtime/$library" "$new/lib/mkosi/runtime/$library"
            follow "$runtime/$library"
        fi
    done
}
for file in "$new"/bin/* "$new"/lib/mkosi/libexec/* "$new"/lib/mkosi/plugins/*/* "$new"/lib/mkosi/swift/*.so; do
    [ ! -f "$file" ] || follow "$file"
done

# Documentation.
for page in README.md CHANGELOG.md LICENSE Sources/PluginABI/PROTOCOL.md; do
    [ ! -e "$page" ] || cp "$page" "$new/share/doc/mkosi/"
done
# Each manual as Markdown and, made from it, as a man page: `mkosi documentation` shows both.
manual() {
    name=$2
    section=$3
    mkdir -p "$new/share/doc/mkosi/manuals" "$new/share/man/man$section"
    cp "$1" "$new/share/doc/mkosi/manuals/$name.$section.md"
    awk -v name="$name" -v section="$section" -f Scripts/markdown-to-man.awk "$1" \
        >"$new/share/man/man$section/$name.$section"
}
for page in Documentation/*.[1-8].md; do
    [ -e "$page" ] || continue
    name=$(basename "$page" .md)
    manual "$page" "${name%.*}" "${name##*.}"
done
[ ! -e CHANGELOG.md ] || manual CHANGELOG.md mkosi.news 7
[ ! -e Sources/PluginABI/PROTOCOL.md ] || manual Sources/PluginABI/PROTOCOL.md mkosi-plugin 7
# Completion, where each shell looks for it.
mkdir -p "$new/share/bash-completion/completions" "$new/share/zsh/site-functions" "$new/share/fish/vendor_completions.d"
cp Completions/mkosi "$new/share/bash-completion/completions/mkosi"
cp Completions/_mkosi "$new/share/zsh/site-functions/_mkosi"
cp Completions/mkosi.fish "$new/share/fish/vendor_completions.d/mkosi.fish"

rm -rf "$stage"
mv "$new" "$stage"
echo "$digest" >"$stage/.complete"
