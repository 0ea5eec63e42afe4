namespace Distillation.Keras.Engine.Tests.Files;

/// <summary>Damaged files are refused in words, or load; nothing else happens.</summary>
[TestFixture]
public sealed class DamagedFileTests
{
    private const int Mutations = 400;

    private static readonly string[] Sound =
    [
        "_base.h5",
        "_base.keras",
        "_functional.keras",
        "libver_latest.h5",
        "userblock.h5",
        "weights_chunked_gzip.keras",
        "weights_chunked_lzf.keras",
        "weights_libver_latest.keras",
    ];

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void SetUp() => _folder = new TemporaryFolder();

    [TearDown]
    public void TearDown() => _folder.Dispose();

    [Test]
    public void A_damaged_file_is_refused_or_loads([ValueSource(nameof(Sound))] string name)
    {
        byte[] file = ModelFixtures.OddBytes(name);
        int refused = 0;
        for (int seed = 0; seed < Mutations; seed++)
        {
            var random = new Random(seed);
            bool isMember = name.EndsWith(".keras", StringComparison.Ordinal) && seed % 4 != 0;
            string path = _folder.Write(isMember ? FileMutations.OfMember(file, random) : FileMutations.Of(file, random), name);
            try
            {
                Model.Load(path).Release();
            }
            catch (ModelFormatException e)
            {
                refused++;
                Assert.That(e.Message, Does.Contain(name), $"seed {seed}");
            }
            catch (Exception e)
            {
                Assert.Fail($"seed {seed}: {e}");
            }
        }

        Assert.That(refused, Is.GreaterThan(Mutations / 10).And.LessThan(Mutations));
    }

    // The text, or one of its files of weights.
    [Test]
    public void A_damaged_model_of_TensorFlow_js_is_refused_or_loads([Values("adam", "shards", "uint8", "functional")] string name)
    {
        int refused = 0;
        for (int seed = 0; seed < Mutations; seed++)
        {
            var random = new Random(seed);
            string path = TensorFlowJsFixtures.Copy(name, _folder);
            string[] files = [.. Directory.GetFiles(_folder[name]).Where(f => f != path).Order(StringComparer.Ordinal)];
            string damaged = seed % 4 == 0 ? files[random.Next(files.Length)] : path;
            byte[] bytes = File.ReadAllBytes(damaged);
            File.WriteAllBytes(damaged, bytes.Length < 16 ? bytes[1..] : FileMutations.Of(bytes, random));
            try
            {
                Model.Load(path).Release();
            }
            catch (ModelFormatException e)
            {
                refused++;
                Assert.That(e.Message, Does.Contain("model.json"), $"seed {seed}");
            }
            catch (Exception e)
            {
                Assert.Fail($"seed {seed}: {e}");
            }
        }

        Assert.That(refused, Is.GreaterThan(Mutations / 4));
    }

    [TestCase("_base.weights.h5")]
    [TestCase("latest.weights.h5")]
    [TestCase("earliest.weights.h5")]
    public void Weights_that_are_refused_leave_the_model_as_it_was(string name)
    {
        byte[] file = name[0] == '_' ? ModelFixtures.OddBytes(name) : Hdf5Fixtures.Bytes(name);
        var model = Model.Load(_folder.Write(ModelFixtures.OddBytes("_base.keras"), "base.keras"));
        string sound = _folder.Write(file, "sound.weights.h5");
        byte[][] loaded = [.. model.Weights.Select(w => w.Value.bytes.ToArray())];
        byte[][] none = [.. loaded.Select(w => new byte[w.Length])];
        int refused = 0;
        for (int seed = -1; seed < Mutations; seed++)
        {
            foreach (Variable weight in model.Weights)
            {
                weight.Value.bytes.Clear();
            }

            byte[][] expected = loaded;
            try
            {
                if (seed >= 0)
                {
                    model.LoadWeights(_folder.Write(FileMutations.Of(file, new Random(seed)), "damaged.weights.h5"));
                }

                model.LoadWeights(sound);
            }
            catch (ModelFormatException)
            {
                refused++;
                expected = none;
            }

            Assert.That(model.Weights.Select(w => w.Value.bytes.ToArray()), Is.EqualTo(expected), $"seed {seed}");
        }

        Assert.That(refused, Is.GreaterThan(Mutations / 4));
    }
}
