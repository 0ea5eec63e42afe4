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

    // Of tf.keras, Keras 2 and Keras 1; read by the same code as those above after the configuration is rewritten.
    private static readonly string[] Old =
    [
        "dict_output.tfk.h5",
        "slash_names.tfk.h5",
        "old_nested.k2.2.4.h5",
        "old_cnn.k2.2.4-tf.h5",
        "old_cnn.k1.2.2-theano.h5",
        "old_nested.k1.2.2-theano.h5",
    ];

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void SetUp() => _folder = new TemporaryFolder();

    [TearDown]
    public void TearDown() => _folder.Dispose();

    [Test]
    public void A_damaged_file_is_refused_or_loads([ValueSource(nameof(Sound))] string name)
    {
        Try(name, ModelFixtures.OddBytes(name), Mutations);
    }

    [Test]
    public void A_damaged_file_of_an_older_Keras_is_refused_or_loads([ValueSource(nameof(Old))] string name)
    {
        Try(name, ModelFixtures.Bytes(name), Mutations / 2);
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

    private void Try(string name, byte[] file, int mutations)
    {
        int refused = 0;
        for (int seed = 0; seed < mutations; seed++)
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

        Assert.That(refused, Is.GreaterThan(mutations / 10).And.LessThan(mutations));
    }
}
