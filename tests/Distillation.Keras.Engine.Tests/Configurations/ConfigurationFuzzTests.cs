using System.Reflection;
using System.Text.Json.Nodes;
using Distillation.Keras.Backend;
using Distillation.Keras.Constraints;
using Distillation.Keras.Engine.Tests.Models;
using Distillation.Keras.Initializers;
using Distillation.Keras.Layers;
using Distillation.Keras.Losses;
using Distillation.Keras.Metrics;
using Distillation.Keras.Optimizers;
using Distillation.Keras.Optimizers.Schedules;
using Distillation.Keras.Regularizers;
using Distillation.Keras.Saving;
using NumSharp;

namespace Distillation.Keras.Engine.Tests.Configurations;

/// <summary>Whatever a configuration holds, it is read, or refused by one of the exceptions that are documented.</summary>
public sealed class ConfigurationFuzzTests
{
    private const int EachModel = 100;
    private const int EachObject = 100;

    private static string[] Models() => Architectures.Names;

    private static IEnumerable<TestCaseData> Objects() =>
        new KerasObject[]
        {
            new Dense(
                3,
                activation: "relu",
                kernel_regularizer: new L1L2(0.1, 0.2),
                kernel_constraint: new MaxNorm(2, (0, 1)),
                bias_initializer: new Constant(2)
            ),
            new Conv2D(4, (3, 2), strides: 2, groups: 2),
            new BatchNormalization(),
            new Dropout(0.5, noise_shape: new Shape([null, 1])),
            new MaxPooling2D(),
            new AveragePooling2D(2),
            new GlobalMaxPooling2D(),
            new GlobalAveragePooling2D(keepdims: true),
            new Flatten(),
            new Reshape((2, -1)),
            new ZeroPadding2D(((1, 2), (3, 4))),
            new Conv1D(4, 3, padding: "causal", groups: 2),
            new AveragePooling3D((1, 2, 3)),
            new GlobalMaxPooling1D(),
            new ZeroPadding1D((1, 2)),
            new Cropping3D(((1, 2), (3, 4), (5, 6))),
            new UpSampling1D(3),
            new UpSampling2D(interpolation: "bicubic"),
            new Rescaling(new[] { 1.0, 2.0 }),
            new ReLU(6),
            new Softmax((1, 2)),
            new Activation("gelu"),
            new Concatenate(),
            new Add(),
            new Input((2, 3), 4),
            new Adam(new CosineDecay(0.1, 10), clipnorm: 1),
            new SGD(0.1, 0.9),
            new Lamb(),
            new PiecewiseConstantDecay([1, 2], [1, 2, 3]),
            new PolynomialDecay(0.1, 10),
            new Keras.Losses.CategoricalFocalCrossentropy(new[] { 0.1, 0.9 }),
            new Huber(2),
            new Keras.Losses.SparseCategoricalCrossentropy(),
            new Tversky(axis: (1, 2)),
            new AUC(thresholds: [0.5], label_weights: [1.0]),
            new Precision(thresholds: [0.1, 0.2]),
            new TopKCategoricalAccuracy(3),
            new Keras.Metrics.MeanSquaredError(),
            new VarianceScaling(2, "fan_out"),
            new Initializers.Identity(2),
            new RandomUniform(seed: 3),
            new OrthogonalRegularizer(),
            new MinMaxNorm(),
            new UnitNorm(1),
            new DTypePolicy("float64"),
        }.Select(o => new TestCaseData(o).SetArgDisplayNames(o.GetType().Name));

    [TestCaseSource(nameof(Models))]
    public void A_changed_model_is_read_or_refused_in_words(string name)
    {
        Model model = Architectures.Make(name);
        model.Compile(new Adam(new CosineDecay(0.1, 10)), loss: "mse", metrics: ["mae", new AUC()], loss_weights: 0.5);
        Fuzz(
            model.ToJson(),
            EachModel,
            json =>
            {
                Model read = Model.FromJson(json);
                if (read.Built)
                {
                    Written(() => read.ToJson());
                    Used(read);
                }

                read.Release();
            }
        );
    }

    [TestCaseSource(nameof(Objects))]
    public void A_changed_object_is_read_or_refused_in_words(KerasObject value)
    {
        MethodInfo deserialize = typeof(KerasSerializer)
            .GetMethod(nameof(KerasSerializer.Deserialize), BindingFlags.Static | BindingFlags.Public)!
            .MakeGenericMethod(value.GetType());
        Fuzz(
            KerasSerializer.Serialize(value).ToJsonString(),
            EachObject,
            json =>
            {
                try
                {
                    var read = (KerasObject)deserialize.Invoke(null, [JsonNode.Parse(json)])!;
                    Written(() => KerasSerializer.Serialize(read).ToJsonString());
                }
                catch (TargetInvocationException e)
                {
                    throw e.InnerException!;
                }
            }
        );
    }

    private static void Written(Func<string> write)
    {
        try
        {
            write();
        }
        catch (NotSupportedException)
        {
            // What has no finite value is not written.
        }
    }

    // What was read computes and trains, or says in words why not.
    private static void Used(Model model)
    {
        ArrayLike[] x = [.. model.Inputs.Select(Zeros)];
        ArrayLike[] y = [.. model.Outputs.Select(Zeros)];
        try
        {
            foreach (NDArray output in model.PredictOutputs(x))
            {
                output.Dispose();
            }

            if (model.IsCompiled)
            {
                model.Fit(x, y, verbose: 0);
            }
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or NotSupportedException or ArithmeticException)
        {
            Assert.That(e.Message, Has.Length.GreaterThan(20));
        }
    }

    private static ArrayLike Zeros(KerasTensor tensor) =>
        np.zeros(new NumSharp.Shape([2L, .. tensor.Shape.Skip(1).Select(s => (long)(s ?? 4))]), NPTypeCode.Single);

    private static void Fuzz(string json, int times, Action<string> read)
    {
        // Sizes that a large machine could hold, and a test should not.
        using IDisposable memory = SystemMemory.Pretend(1 << 26);
        var foreign = new List<string>();
        int refused = 0;
        for (int seed = 0; seed < times; seed++)
        {
            (string text, string changes) = new JsonMutation(seed).Of(json);
            try
            {
                read(text);
            }
            catch (Exception e)
                when (e is ArgumentException or NotSupportedException or InsufficientMemoryException
                    && e is not ArgumentNullException
                    && e.Message.Length > 20
                )
            {
                refused++;
            }
            catch (Exception e)
            {
                foreign.Add(
                    $"seed {seed}, {changes}: {e.GetType().Name}: "
                        + e.Message
                        + e.StackTrace?.Split('\n').FirstOrDefault(l => l.Contains("Distillation", StringComparison.Ordinal))
                );
            }
        }

        Assert.That(foreign, Is.Empty, string.Join(Environment.NewLine, foreign));
        Assert.That(refused, Is.GreaterThan(times / 4).And.LessThan(times), "most changes break something, and some nothing");
    }
}
