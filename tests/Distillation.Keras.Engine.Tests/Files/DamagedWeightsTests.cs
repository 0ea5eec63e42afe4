using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Files;

/// <summary>Damaged weights are refused in words and change nothing, or are read; nothing else happens.</summary>
[TestFixture]
public sealed class DamagedWeightsTests
{
    private const int Mutations = 200;

    // The whole model, its weights in each form that they have, and how they are read.
    private static readonly TestCaseData[] Forms =
    [
        new("cnn_adam.keras", "cnn_adam.weights.h5", false, false),
        new("_base.keras", "weights_chunked_gzip.keras", false, false),
        new("_base.keras", "_base.weights.h5", false, false),
        new("_base.keras", "latest.weights.h5", false, false),
        new("_base.keras", "earliest.weights.h5", false, false),
        new("dict_output.keras", "dict_output.weights.h5", false, true),
        new("dict_output.tfk.h5", "dict_output.tfk.weights.h5", false, false),
        new("dict_output.tfk.h5", "dict_output.tfk.old_weights.h5", false, false),
        new("dict_output.tfk.h5", "dict_output.tfk.old_weights.h5", true, false),
        new("dict_output.tfk.h5", "dict_output.tfk.old_weights.h5", true, true),
        new("dict_output.tfk.h5", "dict_output.tfk.h5", true, false),
        new("old_cnn.k2.2.4-tf.h5", "old_cnn.k2.2.4-tf.weights.h5", false, false),
        new("old_cnn.k2.2.4-tf.h5", "old_cnn.k2.2.4-tf.weights.h5", true, false),
        new("old_cnn.k1.2.2-theano.h5", "old_cnn.k1.2.2-theano.weights.h5", false, false),
        new("sharded.keras", "sharded.weights.json", false, false),
        new("sharded.keras", "sharded_00000.weights.h5", false, false),
        new("sharded.keras", "sharded_00001.weights.h5", false, true),
    ];

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void SetUp() => _folder = new TemporaryFolder();

    [TearDown]
    public void TearDown() => _folder.Dispose();

    [TestCaseSource(nameof(Forms))]
    public void They_change_nothing_where_they_are_refused(string whole, string weights, bool by_name, bool skip_mismatch)
    {
        var model = Model.Load(_folder.Write(Bytes(whole), "whole", whole));
        byte[] file = Bytes(weights);
        string[] shards = weights.StartsWith("sharded", StringComparison.Ordinal)
            ? ["sharded.weights.json", "sharded_00000.weights.h5", "sharded_00001.weights.h5"]
            : [weights];
        Array.ForEach(shards, s => _folder.Write(Bytes(s), s));
        string read = _folder[shards[0]];
        model.LoadWeights(read, by_name, skip_mismatch);
        Fill(model);
        byte[][] before = Values(model);
        int refused = 0;
        for (int seed = 0; seed < Mutations; seed++)
        {
            bool isMember = weights.EndsWith(".keras", StringComparison.Ordinal);
            _folder.Write(isMember ? FileMutations.OfMember(file, new Random(seed)) : FileMutations.Of(file, new Random(seed)), weights);
            try
            {
                model.LoadWeights(read, by_name, skip_mismatch);
                Fill(model);
            }
            catch (ModelFormatException e)
            {
                refused++;
                Assert.That(e.Message, Does.Contain(shards[0]), $"seed {seed}");
            }
            catch (Exception e)
            {
                Assert.Fail($"seed {seed}: {e}");
            }

            Assert.That(Values(model), Is.EqualTo(before), $"seed {seed}");
        }

        model.Release();
        Assert.That(refused, Is.GreaterThan(Mutations / 10).And.LessThan(Mutations));
    }

    private static byte[] Bytes(string name) =>
        name is "latest.weights.h5" or "earliest.weights.h5" ? Hdf5Fixtures.Bytes(name)
        : ModelFixtures.Names.Contains(name) ? ModelFixtures.Bytes(name)
        : ModelFixtures.OddBytes(name);

    // What no file has, so that each weight that was read is seen.
    private static void Fill(Model model)
    {
        using DisposeScope scope = NewDisposeScope();
        foreach (Variable variable in model.Weights.Concat(model.OptimizerOrNull?.Variables ?? []))
        {
            variable.Assign(ones_like(variable.Value));
        }
    }

    private static byte[][] Values(Model model) =>
        [.. model.Weights.Concat(model.OptimizerOrNull?.Variables ?? []).Select(v => v.Value.bytes.ToArray())];
}
