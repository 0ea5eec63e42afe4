using System.Diagnostics;
using System.IO.Compression;
using System.Text.Json.Nodes;
using NumSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Conformance;

/// <summary>Hostile, broken and odd model files: the sound ones compute what Keras computes, the others are refused in words.</summary>
public sealed class RefuseSuite : ISuite
{
    // As in ModelsSuite.
    private const double Tolerance = 1e-5;

    // Files for which Keras needs 10 seconds.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    // Keras takes them; what leads out of a file, or has two meanings, is refused here.
    private static readonly string[] RefusedHere =
    [
        "zip_absolute.keras",
        "zip_dotdot.keras",
        "zip_backslash.keras",
        "zip_symlink.keras",
        "zip_duplicate_member.keras",
        "weights_group_loop.keras",
    ];

    // What the others are made from.
    private const string Base = "_base.keras";

    // Either is right.
    private static readonly string[] Either = ["bad_btree_address.h5"];

    // Keras goes by the name; here the content says what a file is.
    private static readonly string[] Misnamed = ["really_h5.keras", "really_keras.h5"];

    /// <inheritdoc/>
    public string File => "refuse";

    /// <inheritdoc/>
    public IEnumerable<FixtureCase> Cases(Fixture fixture)
    {
        string folder = fixture.Folder;
        return fixture.All.Select(e => new FixtureCase(e.Name, check => Run(fixture, folder, e.Key, e.Object, check)));
    }

    private static void Run(Fixture fixture, string folder, string name, JsonObject entry, Check check)
    {
        string unpacked = Directory.CreateTempSubdirectory("conformance-").FullName;
        try
        {
            // Each file lies alone beside those that links point at.
            using (ZipArchive all = ZipFile.OpenRead(Path.Combine(folder, "refuse.zip")))
            {
                foreach (
                    ZipArchiveEntry file in all.Entries.Where(f =>
                        f.Name == name || f.Name == Base || !fixture.All.Any(e => e.Key == f.Name)
                    )
                )
                {
                    file.ExtractToFile(Path.Combine(unpacked, file.Name));
                }
            }

            bool isSound = (entry["result"].Text() == "accepted" && !RefusedHere.Contains(name)) || Misnamed.Contains(name);
            Try(fixture, Path.Combine(unpacked, name), name, isSound, check);
        }
        finally
        {
            Directory.Delete(unpacked, recursive: true);
        }
    }

    private static void Try(Fixture fixture, string path, string name, bool isSound, Check check)
    {
        var clock = Stopwatch.StartNew();
        try
        {
            Model model = Load(path, name);
            check.Compared();
            if (!isSound)
            {
                check.Differ("call", "accepted, but it is to be refused");
                return;
            }

            Compare(fixture, model, name, check);
            model.Release();
        }
        catch (ModelFormatException e)
        {
            check.Compared();
            if (isSound && !Either.Contains(name))
            {
                check.Differ("call", $"refused, but it is sound: {e.Message}");
            }

            check.Equal("names the file", e.Message.Contains(name, StringComparison.Ordinal), true);
        }

        if (clock.Elapsed > Longest)
        {
            check.Differ("time", $"it took {clock.Elapsed.TotalSeconds:0} s");
        }
    }

    private static Model Load(string path, string name)
    {
        if (!name.EndsWith(".weights.h5", StringComparison.Ordinal))
        {
            return Model.Load(path);
        }

        var model = Model.Load(Path.Combine(Path.GetDirectoryName(path)!, Base));
        foreach (Variable weight in model.Weights)
        {
            weight.Assign(zeros_like(weight.Value));
        }

        model.LoadWeights(path);
        return model;
    }

    private static void Compare(Fixture fixture, Model model, string name, Check check)
    {
        using NDArray output = model.Predict(fixture.Array("x"));
        string expected = fixture.Has($"y/{name}") ? $"y/{name}" : $"y/{Base}";
        check.Close(expected, Backend.TensorConversion.ToTensor(output), fixture.Array(expected), Tolerance);
    }
}
