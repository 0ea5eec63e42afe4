using Distillation.Keras.Layers;
using NumSharp;
using static Distillation.Keras.Engine.Tests.Training.LinearProblem;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Training;

/// <summary>A number that the type it goes into cannot hold is refused before it becomes another one.</summary>
public sealed partial class DataTypeTests
{
    private enum Colour
    {
        Red,
    }

    private static Sequential Of(string dtype) => new(new Input(new Shape(2), dtype: dtype), new Flatten());

    private static void Refused(Action call, params string[] parts)
    {
        Exception? found = Assert.Catch(() => call());
        Assert.That(found, Is.InstanceOf<ArgumentException>());
        foreach (string part in parts)
        {
            Assert.That(found!.Message, Does.Contain(part));
        }
    }

    [TestCaseSource(nameof(Lossy))]
    public void Inputs_refuse_numbers_that_their_type_cannot_hold(string dtype, Array x, string[] parts)
    {
        Sequential model = Of(dtype);
        if (dtype == "float64")
        {
            // Flatten keeps the type, a Dense of float32 does not.
            model.Add(new Dense(1));
        }

        model.Compile("sgd", "mse");
        Refused(() => model.Predict(x), parts);
        Refused(() => model.Evaluate(x, new float[1, 2]), parts);
    }

    private static IEnumerable<TestCaseData> Whole()
    {
        static TestCaseData Case(string dtype, Array x, float second) =>
            new TestCaseData(dtype, x, second).SetArgDisplayNames($"{x.GetType()} for {dtype}");
        yield return Case(
            "uint8",
            new[,]
            {
                { 0f, 255f },
            },
            255
        );
        yield return Case(
            "uint8",
            new[,]
            {
                { 0L, 255L },
            },
            255
        );
        yield return Case(
            "uint8",
            new[,]
            {
                { false, true },
            },
            1
        );
        yield return Case(
            "int32",
            new[,]
            {
                { 0, -7.0 },
            },
            -7
        );
        yield return Case(
            "int64",
            new[,]
            {
                { 0f, -9e18f },
            },
            -9e18f
        );
        yield return Case(
            "bool",
            new[,]
            {
                { 0f, 1f },
            },
            1
        );
        yield return Case(
            "float32",
            new[,]
            {
                { 0, 3.4e38 },
            },
            3.4e38f
        );
        yield return Case(
            "float32",
            new ushort[,]
            {
                { 0, 65535 },
            },
            65535
        );
    }

    [TestCaseSource(nameof(Whole))]
    public void Numbers_that_fit_are_taken_whatever_type_they_come_in(string dtype, Array x, float second)
    {
        var model = new Sequential(new Input(new Shape(2), dtype: dtype), new Rescaling(1));
        using NDArray found = model.Predict(x);
        Assert.That(found.ToArray<float>(), Is.EqualTo(new[] { 0, second }));
    }

    [Test]
    public void A_float64_model_computes_with_numbers_beyond_float32()
    {
        var model = new Sequential(new Input(new Shape(2), dtype: "float64"), new Rescaling(1e-300, dtype: "float64"));
        using NDArray found = model.Predict(
            new[,]
            {
                { 0, 1e300 },
            }
        );
        Assert.That(found.ToArray<double>(), Is.EqualTo(new double[] { 0, 1 }).Within(1e-12));
    }

    [Test]
    public void Targets_weights_and_variables_refuse_float64_beyond_float32()
    {
        double[,] y = new double[10, 1];
        y[3, 0] = 1e39;
        double[] weights = new double[10];
        weights[2] = -1e200;
        Model model = Model();
        Refused(() => model.Fit(X, y, verbose: 0), "y holds", "1E+39");
        Refused(() => model.Fit(X, Y, verbose: 0, sample_weight: weights), "sample_weight holds", "-1E+200");
        Refused(() => model.Fit(X, Y, verbose: 0, validation_data: (X, y)), "y holds");
        Refused(() => model.Evaluate(X, Y, sample_weight: weights), "sample_weight");
        Refused(() => model.SetWeights([np.zeros(new NumSharp.Shape(2, 1)), np.array(new[] { 1e39 })]), "bias", "1E+39");
        Refused(() => model.Weights[0].Assign(full(2, 1, 1e39, dtype: float64)), "kernel", "1E+39");
        new LinearProblem().AssertWeights(model);
    }

    [Test]
    public void Complex_numbers_are_refused_before_they_lose_a_half()
    {
        using Tensor x = complex(ones(10, 2), ones(10, 2));
        using Tensor y = complex(ones(10, 1), ones(10, 1));
        using Tensor kernel = complex(ones(2, 1), ones(2, 1));
        Model model = Model();
        Refused(() => model.Predict(x), "complex");
        Refused(() => model.Fit(x, Y, verbose: 0), "complex");
        Refused(() => model.Fit(X, y, verbose: 0), "complex");
        Refused(() => model.Fit(X, Y, verbose: 0, sample_weight: y), "complex");
        Refused(() => model.Call(x), "complex");
        Refused(() => model.Weights[0].Assign(kernel), "complex");
        Refused(() => new Keras.Losses.MeanSquaredError().Call(y, ones(10, 1)), "complex");
        Refused(() => new Keras.Losses.MeanSquaredError().Call(ones(10, 1), y), "complex");
        Refused(() => LossFunctions.MeanSquaredError(ones(10, 1), y), "complex");
        Refused(() => model.Predict(np.ones(new NumSharp.Shape(10, 2), NPTypeCode.Complex)), "Complex");
        Refused(() => model.Predict(new System.Numerics.Complex[10, 2]), "Complex");
        new LinearProblem().AssertWeights(model);
    }

    [Test]
    public void Tensors_that_are_no_plain_numbers_in_memory_are_refused()
    {
        using Tensor dense = ones(10, 2);
        using Tensor sparse = dense.to_sparse();
        using Tensor meta = ones(10, 2, device: META);
        Refused(() => Model().Predict(sparse), "sparse", "to_dense");
        Refused(() => Model().Predict(meta), "meta");
    }

    private static IEnumerable<TestCaseData> NoNumbers()
    {
        static TestCaseData Case(Array array, params string[] parts) =>
            new TestCaseData(array, parts).SetArgDisplayNames(array.GetType().ToString());
        yield return Case(
            new[,]
            {
                { "a", "b" },
            },
            "string"
        );
        yield return Case(new[] { new[] { "a", "b" } }, "String");
        yield return Case(new double?[1, 2], "Double?", "missing");
        yield return Case(new[] { new float?[] { 1, null } }, "Single?", "missing");
        yield return Case(new DateTime[1, 2], "DateTime");
        yield return Case(new nint[1, 2], "IntPtr");
        yield return Case(new nuint[1, 2], "UIntPtr");
        yield return Case(new[] { new nint[2] }, "IntPtr");
        yield return Case(new char[1, 2], "Char");
        yield return Case(new decimal[1, 2], "Decimal");
        yield return Case(new Int128[1, 2], "Int128");
        yield return Case(new Colour[1, 2], "Colour", "(int)");
        yield return Case(new (float, float)[2], "ValueTuple");
        yield return Case(new object[1, 2], "Object");
        yield return Case(new object[] { 1.0, 2.0 }, "Double");
        yield return Case(new object?[] { null }, "null");
        yield return Case(new List<float>[] { [1] }, "List");
    }

    [TestCaseSource(nameof(NoNumbers))]
    public void Arrays_of_other_things_than_numbers_are_refused_in_words(Array array, string[] parts)
    {
        Model model = Model();
        Refused(() => model.Predict(array), parts);
        Refused(() => model.Fit(array, Y, verbose: 0), parts);
        Refused(() => model.Fit(X, array, verbose: 0), parts);
        Refused(() => model.Fit(X, Y, verbose: 0, validation_data: (array, Y)), parts);
    }

    [TestCase(28, 28, 1)]
    [TestCase(28, 28)]
    public void One_image_without_a_batch_axis_is_reported_with_its_own_shape(params int[] shape)
    {
        var model = new Sequential(new Input(28, 28, 1), new Flatten());
        using Tensor image = zeros([.. shape.Select(s => (long)s)]);
        string found = $"({string.Join(", ", shape)})";
        Refused(
            () => model.Predict(image),
            $"x has the shape {found}.",
            "(None, 28, 28, 1)",
            $"batch axis too: give it the shape (1, {string.Join(", ", shape)})"
        );
    }

    [Test]
    public void Other_shapes_are_not_taken_for_one_sample()
    {
        Exception? found = Assert.Catch(() => new Sequential(new Input(28, 28, 1), new Flatten()).Predict(zeros(5, 20, 28)));
        Assert.That(found!.Message, Does.Contain("(5, 20, 28)").And.Not.Contain("batch axis"));
    }

    [Test]
    public void A_model_that_is_called_or_part_of_another_does_not_cut_off_fractions_either()
    {
        Sequential bytes = Of("uint8");
        Refused(() => bytes.Call(full(1, 2, 0.5)), "0.5", "uint8");
        Refused(() => new Dense(1).Call(full(1, 2, 1e300, dtype: float64)), "1E+300", "float32");
        Refused(() => Model().Call(full(1, 2, 1e300, dtype: float64)), "1E+300", "float32");
        var outer = new Input(2);
        Refused(() => bytes.Apply(outer), "uint8", "float32", outer.Name);
        var fits = new Input(new Shape(2), dtype: "uint8");
        Assert.That(() => bytes.Apply(fits), Throws.Nothing);
    }

    [Test]
    public void A_CSharp_array_is_copied_once_and_past_the_managed_heap()
    {
        float[,] x = new float[200_000, 20];
        float[][] rows = [.. Enumerable.Range(0, 20_000).Select(_ => new float[20])];
        var model = new Sequential(new Input(20), new Dense(1));
        model.Predict(x, batch_size: 50_000).Dispose();
        model.Predict(rows, batch_size: 50_000).Dispose();
        Assert.That(Allocated(() => model.Predict(x, batch_size: 50_000).Dispose()), Is.LessThan(1 << 18), "of 16 MB");
        Assert.That(Allocated(() => model.Predict(rows, batch_size: 50_000).Dispose()), Is.LessThan(1 << 18), "of 1.6 MB");

        static long Allocated(Action run)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            run();
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }
}
