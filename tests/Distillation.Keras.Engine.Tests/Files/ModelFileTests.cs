using System.Text.Json.Nodes;
using Distillation.Keras.Layers;
using Distillation.Keras.Losses;
using Distillation.Keras.Saving;
using NumSharp;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Files;

/// <summary><c>Load</c>, <c>Save</c>, <c>LoadWeights</c> and <c>SaveWeights</c> of models.</summary>
[TestFixture]
public sealed class ModelFileTests
{
    private static Tensor X => arange(12, dtype: ScalarType.Float32).view(4, 3).div(10);
    private static Tensor Y => tensor(new long[] { 0, 1, 1, 0 });

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void SetUp() => _folder = new TemporaryFolder();

    [TearDown]
    public void TearDown() => _folder.Dispose();

    [TestCase("student.keras")]
    [TestCase("student.h5")]
    [TestCase("student.hdf5")]
    public void A_model_that_was_trained_goes_on_from_its_file_bit_for_bit(string name)
    {
        Sequential model = Trained();
        double[] before = Values(model);
        model.Save(_folder[name]);
        Assert.That(Values(model), Is.EqualTo(before), "saving changes nothing");

        var loaded = Model.Load(_folder[name]);
        Assert.That(Values(loaded), Is.EqualTo(before));
        model.Fit(X, Y, batch_size: 2, epochs: 2, shuffle: false, verbose: 0);
        loaded.Fit(X, Y, batch_size: 2, epochs: 2, shuffle: false, verbose: 0);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Values(loaded), Is.EqualTo(Values(model)));
            Assert.That(loaded.LoadWarnings, Is.Empty);
            Assert.That(loaded.Optimizer.Iterations, Is.EqualTo(model.Optimizer.Iterations));
        }
    }

    [Test]
    public void Without_compile_there_is_no_optimizer()
    {
        Trained().Save(_folder["a.keras"]);
        Assert.That(() => Model.Load(_folder["a.keras"], compile: false).Optimizer, Throws.InvalidOperationException);
    }

    [Test]
    public void Weights_come_back_with_the_state_of_the_optimizer()
    {
        Sequential model = Trained();
        model.SaveWeights(_folder["a.weights.h5"]);
        Sequential other = Compiled();
        other.LoadWeights(_folder["a.weights.h5"]);
        Assert.That(Values(other), Is.EqualTo(Values(model)));
        model.TrainOnBatch(X, Y);
        other.TrainOnBatch(X, Y);
        Assert.That(Values(other), Is.EqualTo(Values(model)));
    }

    [Test]
    public void Layers_of_the_same_names_get_weights_by_name()
    {
        Sequential model = Trained();
        model.Save(_folder["a.h5"]);
        var other = new Sequential(new Input(3), new Dense(4, name: "hidden"), new Dense(7, name: "another"));
        double[] kept = Values(other.GetLayer("another"));
        other.LoadWeights(_folder["a.h5"], by_name: true);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Values(other.GetLayer("hidden")), Is.EqualTo(Values(model.GetLayer("hidden"))));
            Assert.That(Values(other.GetLayer("another")), Is.EqualTo(kept));
        }
    }

    // Keras 1 under Theano has other kernels, whichever way they are loaded.
    [Test]
    public void Kernels_of_Theano_are_turned_by_name_too()
    {
        const string Name = "old_cnn.k1.2.2-theano";
        var model = Model.Load(_folder.Write(ModelFixtures.Bytes($"{Name}.h5"), "a.h5"));
        double[] expected = Values(model);
        foreach (Variable weight in model.Weights)
        {
            weight.Assign(zeros_like(weight.Value));
        }

        model.LoadWeights(_folder.Write(ModelFixtures.Bytes($"{Name}.weights.h5"), "a.weights.h5"), by_name: true);
        Assert.That(Values(model), Is.EqualTo(expected));
    }

    [TestCase("a.h5")]
    [TestCase("a.keras")]
    public void What_does_not_fit_is_refused_or_left_out_with_a_word(string name)
    {
        Trained().Save(_folder[name]);
        var other = new Sequential(new Input(3), new Dense(4, name: "hidden"), new Dense(7, name: "classes"));
        double[] before = Values(other);
        Assert.That(
            () => other.LoadWeights(_folder[name]),
            Throws.TypeOf<ModelFormatException>().With.Message.Contains(name).And.Message.Contains("classes/kernel")
        );
        Assert.That(Values(other), Is.EqualTo(before));

        other.LoadWeights(_folder[name], skip_mismatch: true);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(other.LoadWarnings, Has.Count.EqualTo(1).And.Some.Contains("'classes'"));
            Assert.That(Values(other.GetLayer("classes")), Is.EqualTo(before[^35..]));
            Assert.That(Values(other), Is.Not.EqualTo(before));
        }
    }

    [Test]
    public void A_function_of_ones_own_is_refused_before_a_byte_is_written()
    {
        string path = _folder.Write([1, 2, 3], "a.keras");
        var model = new Sequential(new Input(3), new Lambda(x => x.mul(2)));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => model.Save(path), Throws.TypeOf<NotSupportedException>());
            Assert.That(() => model.Save(_folder["b.h5"]), Throws.TypeOf<NotSupportedException>());
            Assert.That(File.ReadAllBytes(path), Is.EqualTo(new byte[] { 1, 2, 3 }));
            Assert.That(Directory.GetFiles(_folder.Root), Has.Length.EqualTo(1));
        }
    }

    [Test]
    public void Names_and_places_that_cannot_be_are_refused()
    {
        Sequential model = Trained();
        string path = _folder.Write([1], "there.keras");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => model.Save(_folder["a.bin"]), Throws.ArgumentException.With.Message.Contains(".keras"));
            Assert.That(() => model.SaveWeights(_folder["a.h5"]), Throws.ArgumentException.With.Message.Contains(".weights.h5"));
            Assert.That(() => model.Save(path, overwrite: false), Throws.TypeOf<IOException>().With.Message.Contains("there.keras"));
            Assert.That(() => model.Save(_folder["no", "a.keras"]), Throws.InstanceOf<IOException>());
            Assert.That(
                () => Model.Load(_folder["none.keras"]),
                Throws.TypeOf<FileNotFoundException>().With.Message.Contains("none.keras")
            );
            Assert.That(() => Model.Load(_folder.Root), Throws.TypeOf<ModelFormatException>().With.Message.Contains("folder"));
            Assert.That(() => new Sequential(new Dense(2)).SaveWeights(_folder["a.weights.h5"]), Throws.InvalidOperationException);
            Assert.That(File.ReadAllBytes(path), Is.EqualTo(new byte[] { 1 }));
        }
    }

    [Test]
    public void Weights_alone_and_an_architecture_alone_are_told_from_a_model()
    {
        Sequential model = Trained();
        model.SaveWeights(_folder["a.weights.h5"]);
        File.WriteAllText(_folder["a.json"], model.ToJson());
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                () => Model.Load(_folder["a.weights.h5"]),
                Throws.TypeOf<ModelFormatException>().With.Message.Contains("LoadWeights")
            );
            Assert.That(() => Model.Load(_folder["a.json"]), Throws.TypeOf<ModelFormatException>().With.Message.Contains("FromJson"));
        }
    }

    [Test]
    public void The_content_says_what_a_file_is()
    {
        Sequential model = Trained();
        model.Save(_folder["a.keras"]);
        File.Move(_folder["a.keras"], _folder["a.h5"]);
        Assert.That(Values(Model.Load(_folder["a.h5"])), Is.EqualTo(Values(model)));
    }

    [Test]
    public void A_Lambda_is_made_by_who_says_what_it_is_and_by_nobody_else()
    {
        string path = _folder.Write(ModelFixtures.OddBytes("lambda.keras"), "lambda.keras");
        var seen = new List<string>();
        var model = Model.Load(
            path,
            new Dictionary<string, Func<JsonObject, object>>
            {
                ["Lambda"] = config =>
                {
                    seen.Add((string)config["name"]!);
                    return new Lambda(x => x.mul(2), name: (string)config["name"]!);
                },
            }
        );
        using (Assert.EnterMultipleScope())
        {
            Assert.That(seen, Has.Count.EqualTo(1));
            Assert.That(model.Layers.OfType<Lambda>(), Has.Exactly(1).Items);
            Assert.That(() => Model.Load(path), Throws.TypeOf<ModelFormatException>().With.Message.Contains("Lambda"));
        }
    }

    [Test]
    public void A_custom_object_of_another_kind_is_refused()
    {
        Trained().Save(_folder["a.keras"]);
        Assert.That(
            () =>
                Model.Load(
                    _folder["a.keras"],
                    new Dictionary<string, Func<JsonObject, object>> { ["Dense"] = _ => new MeanSquaredError() }
                ),
            Throws.TypeOf<ModelFormatException>().With.Message.Contains("'Dense'").And.Message.Contains("MeanSquaredError")
        );
    }

    private static IEnumerable<string> Old =>
        ModelFixtures.Names.Where(n =>
            n.StartsWith("old_", StringComparison.Ordinal) && !n.EndsWith(".weights.h5", StringComparison.Ordinal)
        );

    [TestCaseSource(nameof(Old))]
    public void Files_of_Keras_1_and_2_fill_every_weight(string name)
    {
        var model = Model.Load(_folder.Write(ModelFixtures.Bytes(name), name));
        double[] values = Values(model);
        Assert.That(values, Has.None.NaN);
        Assert.That(values.Count(v => v == 0), Is.LessThan(values.Length / 10));
        Assert.That(model.LoadWarnings.Where(w => !w.Contains("Keras 1 did not note", StringComparison.Ordinal)), Is.Empty);
    }

    /// <summary>Keras 2.2.4 cannot go on from its own file, but the slots are in it, all of the first before all of the second.</summary>
    [Test]
    public void Slots_of_Keras_2_2_come_back_without_the_numbers_behind_them()
    {
        string path = _folder.Write(ModelFixtures.Bytes("old_functional.k2.2.4.h5"), "old.h5");
        var model = Model.Load(path);
        Keras.Files.Hdf5.Hdf5Group state = ModelFixtures.Root(path).Group("optimizer_weights")!;
        byte[] bytes = FileContents.Bytes(state.Dataset("training/Adam/Variable_11:0")!)[..16];
        Variable[] second = [.. model.Optimizer!.Variables.Where(v => v.Name.EndsWith("velocity", StringComparison.Ordinal))];
        Assert.That(second[1].Value.bytes.ToArray(), Is.EqualTo(bytes));
        Assert.That(bytes, Has.Some.Not.Zero);
    }

    [TestCase("weights_nan.h5")]
    [TestCase("weights_nan.keras")]
    public void Weights_that_are_not_finite_are_told(string name)
    {
        var model = Model.Load(_folder.Write(ModelFixtures.OddBytes(name), name));
        Assert.That(model.LoadWarnings, Has.Count.EqualTo(1).And.Some.Contains("NaN"));
    }

    [Test]
    public void Loading_and_saving_leave_no_tensors()
    {
        Trained().Save(_folder["a.keras"]);
        long before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        var model = Model.Load(_folder["a.keras"]);
        long loaded = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        model.Save(_folder["b.h5"]);
        model.SaveWeights(_folder["c.weights.h5"]);
        model.LoadWeights(_folder["c.weights.h5"]);
        Assert.That(DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount, Is.EqualTo(loaded));
        model.Release();
        Assert.That(DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount, Is.EqualTo(before));

        // Refused when its weights are made.
        string path = _folder.Write(ModelFixtures.OddBytes("weights_other_shape.keras"), "other.keras");
        Assert.That(() => Model.Load(path), Throws.TypeOf<ModelFormatException>());
        Assert.That(DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount, Is.EqualTo(before));
    }

    [TestCase("a.keras")]
    [TestCase("a.h5")]
    public void A_model_without_weights_yet_comes_back_so(string name)
    {
        var model = new Sequential(new Dense(2), new Dense(3));
        model.Compile("adam", loss: "mse");
        model.Save(_folder[name]);
        var loaded = Model.Load(_folder[name]);
        loaded.Fit(X, zeros(4, 3), verbose: 0);
        Assert.That(loaded.CountParams(), Is.EqualTo(8 + 9));
    }

    [Test]
    public void Inputs_and_outputs_by_name_come_back_by_name()
    {
        var a = new Input(new Shape(2), name: "first_input");
        var b = new Input(new Shape(2), name: "second_input");
        KerasTensor sum = new Add().Apply(a, b);
        var model = new Model(
            new Dictionary<string, KerasTensor> { ["b"] = b.Output, ["a"] = a.Output },
            new Dictionary<string, KerasTensor>
            {
                ["z"] = new Dense(1, name: "one").Apply(sum),
                ["y"] = new Dense(2, name: "two").Apply(sum),
            }
        );
        model.Save(_folder["a.keras"]);
        var loaded = Model.Load(_folder["a.keras"]);
        var data = new Dictionary<string, Tensor> { ["a"] = ones(3, 2), ["b"] = zeros(3, 2) };
        IReadOnlyList<NDArray> outputs = loaded.PredictOutputs(data);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(outputs.Select(o => o.shape[1]), Is.EqualTo(new[] { 2, 1 }), "y, then z");
            Assert.That(outputs[0].ToArray<float>(), Is.EqualTo(model.PredictOutputs(data)[0].ToArray<float>()));
            Assert.That(JsonNode.Parse(loaded.ToJson())!["config"]!["output_layers"], Is.TypeOf<JsonObject>());
            Assert.That(loaded.Clone().PredictOutputs(data), Has.Count.EqualTo(2));
        }
    }

    [Test]
    public void A_layer_of_ones_own_with_layers_in_it_comes_back()
    {
        KerasSerializer.Register<Residual>();
        var model = new Sequential(new Input(3), new Residual(3, name: "body"), new Dense(2));
        foreach (string name in (string[])["a.keras", "a.h5"])
        {
            model.Save(_folder[name]);
            Assert.That(Values(Model.Load(_folder[name])), Is.EqualTo(Values(model)), name);
        }
    }

    private static Sequential Compiled()
    {
        var model = new Sequential(new Input(3), new Dense(4, activation: "relu", name: "hidden"), new Dense(2, name: "classes"));
        model.Compile("adam", loss: new SparseCategoricalCrossentropy(from_logits: true), metrics: ["accuracy"]);
        return model;
    }

    private static Sequential Trained()
    {
        Sequential model = Compiled();
        model.Fit(X, Y, batch_size: 2, epochs: 1, shuffle: false, verbose: 0);
        return model;
    }

    private static double[] Values(Layer layer) =>
        [.. layer.Weights.SelectMany(w => w.Value.to(ScalarType.Float64).data<double>().ToArray())];

    /// <summary>A block with two layers in it.</summary>
    public sealed class Residual(int units, string? name = null) : Layer(name)
    {
        private readonly Dense _first = new(units, activation: "relu");
        private readonly Dense _second = new(units);

        /// <summary>How many units each has.</summary>
        public int Units { get; } = units;

        /// <inheritdoc/>
        protected internal override Tensor Forward(Tensor input, CallContext context) => input + _second.Call(_first.Call(input));
    }
}
