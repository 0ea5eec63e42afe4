#!/usr/bin/env bash
# Packs the libraries, restores C# and F# console projects and a script from the packages and runs them, as a user would: warnings are
# errors, and the first line is TorchSharp's. One has the engine's package alone. Exits with 0 when all run.
#
# Each run has a version and a package folder of its own, so that no cache of NuGet hides new code. What others publish (libtorch is
# about 600 MB) is used in place from the user's package folder, as a fallback folder. All that is made lies in one temporary folder,
# which is deleted at the end; the working tree is only read.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/pack-check.XXXXXXXX")
trap 'rm -rf "$work"' EXIT

# No process is to outlive this script, and its messages are read below.
export MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0 UseSharedCompilation=false
export DOTNET_CLI_UI_LANGUAGE=en DOTNET_NOLOGO=1
# As in tests/test.runsettings.
export OMP_NUM_THREADS=1 OMP_WAIT_POLICY=PASSIVE

version="0.1.0-check.$(date -u +%Y%m%d%H%M%S).$$"
feed=$work/feed
mkdir "$feed"

# SDK-style projects look for these in all folders above them; the check is of a project that stands alone.
cp "$root/global.json" "$work/"
for file in Directory.Build.props Directory.Build.targets Directory.Packages.props; do
  echo '<Project />' > "$work/$file"
done

case "$(uname -s)-$(uname -m)" in
  Linux-x86_64) native=libtorch-cpu-linux-x64 ;;
  Darwin-arm64) native=libtorch-cpu-osx-arm64 ;;
  *) echo "pack-check: there is no native libtorch package for $(uname -s) on $(uname -m)." >&2; exit 1 ;;
esac
version_of() {
  local found
  found=$(sed -n "s/.*Include=\"$1\" Version=\"\([^\"]*\)\".*/\1/p" "$root/Directory.Packages.props")
  [ -n "$found" ] || { echo "pack-check: Directory.Packages.props has no version of $1." >&2; exit 1; }
  echo "$found"
}
native_version=$(version_of "$native")

user_packages=$(dotnet nuget locals global-packages --list)
user_packages=${user_packages#*: }
# A fallback folder must be there, and on a machine without any package it is not.
mkdir -p "$user_packages"

# Only the libraries that Distillation.Keras is made of; what else is in src/ depends on them, not they on it.
for library in Distillation.Keras.Engine Distillation.Keras; do
  echo "pack-check: pack $library $version"
  dotnet pack "$root/src/$library" --configuration Release --output "$feed" --artifacts-path "$work/artifacts" \
    -p:Version="$version" -p:ContinuousIntegrationBuild=true --verbosity quiet -clp:NoSummary
done

# The user's own sources stay in force; the feed is one more. Hard links spare the copies of libtorch.
settings=(--configuration Release --verbosity quiet -p:RestoreAdditionalProjectSources="$feed"
  -p:RestorePackagesPath="$work/packages" -p:RestoreFallbackFolders="$user_packages" -p:PackCheckVersion="$version"
  -p:NativePackage="$native" -p:NativePackageVersion="$native_version"
  -p:CreateHardLinksForCopyLocalIfPossible=true -p:CreateHardLinksForPublishFilesIfPossible=true)
# Stays empty: what the builds lay into the outputs loads by itself.
export XDG_CACHE_HOME=$work/cache

for project in Engine CSharp FSharp; do
  echo "pack-check: restore, build and run $project"
  cp -R "$root/tests/PackCheck/$project" "$work/$project"
  dotnet build "$work/$project" "${settings[@]}" -clp:NoSummary
  package=distillation.keras
  if [ "$project" = Engine ]; then package=distillation.keras.engine; fi
  [ -d "$work/packages/$package/$version" ] || { echo "pack-check: the package was not restored from the feed." >&2; exit 1; }
  for program in "$work/$project"/bin/Release/*/PackCheck.dll; do
    echo "pack-check: run ${program#"$work/"}"
    dotnet "$program" < /dev/null
  done
done

if [ "$native" = libtorch-cpu-linux-x64 ]; then
  echo "pack-check: publish and run for linux-x64"
  dotnet publish "$work/FSharp" "${settings[@]}" --runtime linux-x64 --no-self-contained --output "$work/published" -clp:NoSummary
  dotnet "$work/published/PackCheck.dll" < /dev/null

  # Also where the original would load: one bit is another, in every output, and not in the package that the outputs may be linked to.
  original=$(find "$work/packages" "$user_packages" -path '*/torchsharp/*/linux-x64/native/libLibTorchSharp.so' | head -n 1)
  outputs=$(find "$work/CSharp/bin" "$work/FSharp/bin" "$work/published" -name libLibTorchSharp.so)
  [ "$(wc -l <<< "$outputs")" -ge 4 ] || { echo "pack-check: TorchSharp's library is missing in an output: $outputs" >&2; exit 1; }
  while IFS= read -r file; do
    [ "$(cmp -l "$original" "$file" | wc -l)" -eq 1 ] || { echo "pack-check: $file is not the corrected library." >&2; exit 1; }
  done <<< "$outputs"
  [ ! -e "$work/cache/distillation-keras" ] || { echo "pack-check: a program has loaded a copy from the user's cache." >&2; exit 1; }
fi

# Outside the repository, with its .editorconfig and its settings left behind: as somebody who begins with a copy of them.
echo "pack-check: build the examples with a user's settings"
examples=$(cd "$root/examples" && echo */*.csproj)
mkdir "$work/examples"
for project in $examples; do
  example=${project%%/*}
  tar -C "$root/examples" --exclude bin --exclude obj -cf - "$example" | tar -C "$work/examples" -xf -
  references=
  for package in $(sed -n 's/.*<PackageReference Include="\([^"]*\)".*/\1/p' "$root/examples/$project"); do
    references+="<PackageReference Include=\"$package\" Version=\"$(version_of "$package")\" />"
  done
  if [ "$example" = Common ]; then
    cp "$root/src/Distillation.Keras.Engine/Backend/"{SafeFile,TemporaryFile,UnfinishedFiles,UnixFiles}.cs "$work/examples/Common/"
    own="<OutputType>Library</OutputType>"
  else
    own="<OutputType>Exe</OutputType>"
    references+="<PackageReference Include=\"$native\" Version=\"$native_version\" /><ProjectReference Include=\"../Common/Common.csproj\" />"
  fi
  cat > "$work/examples/$example/$example.csproj" << EOF
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    $own
    <TargetFramework>net10.0</TargetFramework>
    <ImplicitUsings>enable</ImplicitUsings>
    <Nullable>enable</Nullable>
    <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
    <WarningsNotAsErrors>NU1603</WarningsNotAsErrors>
  </PropertyGroup>
  <ItemGroup>
    <PackageReference Include="Distillation.Keras" Version="$version" />
    $references
  </ItemGroup>
</Project>
EOF
done
for project in $examples; do
  example=${project%%/*}
  [ "$example" != Common ] || continue
  dotnet build "$work/examples/$example" "${settings[@]}" -clp:NoSummary
  dotnet "$work/examples/$example/bin/Release/net10.0/$example.dll" --help > /dev/null
done

echo "pack-check: look at the packages' readme"
for library in Distillation.Keras.Engine Distillation.Keras; do
  unzip -p "$feed/$library.$version.nupkg" README.md | cmp - "$root/src/PACKAGE.md"
done

echo "pack-check: look at the library's dependencies"
# For each framework exactly the engine that it was built with.
dependencies=$(unzip -p "$feed/Distillation.Keras.$version.nupkg" Distillation.Keras.nuspec | grep -e '<group ' -e '<dependency ')
[ "$(grep -c '<group ' <<< "$dependencies")" -eq 2 ] && [ "$(grep -cF "id=\"Distillation.Keras.Engine\" version=\"[$version]\"" <<< "$dependencies")" -eq 2 ] ||
  { echo "pack-check: Distillation.Keras must depend on Distillation.Keras.Engine [$version] for net8.0 and net10.0, but has: $dependencies" >&2; exit 1; }

echo "pack-check: run a script of F# Interactive"
# In a home folder of its own: F# Interactive keeps notes of packages there. The user's sources stay in force.
mkdir -p "$work/home/.nuget"
if [ -d ~/.nuget/NuGet ]; then cp -R ~/.nuget/NuGet "$work/home/.nuget/"; fi
{
  echo "#i \"nuget: $feed\""
  echo "#r \"nuget: Distillation.Keras, $version\""
  echo "#r \"nuget: $native, $native_version\""
  cat "$root/tests/PackCheck/Script/script.fsx"
} > "$work/script.fsx"
HOME=$work/home NUGET_PACKAGES=$work/packages NUGET_FALLBACK_PACKAGES=$user_packages dotnet fsi --warnaserror "$work/script.fsx" < /dev/null
echo "pack-check: passed"
