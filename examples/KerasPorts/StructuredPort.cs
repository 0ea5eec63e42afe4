using Distillation.Keras;
using Examples.Common;
using NumSharp;
using static Distillation.Keras.KerasApi;

namespace KerasPorts;

/// <summary>
/// keras.io's "Structured data classification from scratch": numbers are normalized, categories become rows of zeros and ones, and all
/// of them one vector. Here the table is made up (<see cref="Patients"/>), longer and with fewer columns, and is trained on for fewer
/// epochs.
/// </summary>
internal static class StructuredPort
{
    public static PortResult Run(Options options)
    {
        keras.utils.set_random_seed(options.Seed);
        (int training, int test) = options.SamplesOr(4000, 2000);
        var (train, val) = Patients.MakeSplit(training, test, options.Seed);
        Console.WriteLine($"{train.Count} patients to train on, {val.Count} to validate with");

        var layers = keras.layers;

        // Categories as integers.
        var sex = keras.Input(shape: 1, name: "sex", dtype: "int64");
        var cp = keras.Input(shape: 1, name: "cp", dtype: "int64");

        // A category as a string.
        var thal = keras.Input(shape: 1, name: "thal", dtype: "string");

        // Numbers.
        var age = keras.Input(shape: 1, name: "age");
        var trestbps = keras.Input(shape: 1, name: "trestbps");
        var chol = keras.Input(shape: 1, name: "chol");
        var thalach = keras.Input(shape: 1, name: "thalach");
        var oldpeak = keras.Input(shape: 1, name: "oldpeak");

        KerasTensor[] all_inputs = [sex, cp, thal, age, trestbps, chol, thalach, oldpeak];

        var sex_encoded = EncodeCategoricalFeature(sex, "sex", train, is_string: false);
        var cp_encoded = EncodeCategoricalFeature(cp, "cp", train, is_string: false);
        var thal_encoded = EncodeCategoricalFeature(thal, "thal", train, is_string: true);
        var age_encoded = EncodeNumericalFeature(age, "age", train);
        var trestbps_encoded = EncodeNumericalFeature(trestbps, "trestbps", train);
        var chol_encoded = EncodeNumericalFeature(chol, "chol", train);
        var thalach_encoded = EncodeNumericalFeature(thalach, "thalach", train);
        var oldpeak_encoded = EncodeNumericalFeature(oldpeak, "oldpeak", train);

        var all_features = layers
            .Concatenate()
            .Apply(sex_encoded, cp_encoded, thal_encoded, age_encoded, trestbps_encoded, chol_encoded, thalach_encoded, oldpeak_encoded);
        var x = layers.Dense(32, activation: "relu").Apply(all_features);
        x = layers.Dropout(0.5).Apply(x);
        var output = layers.Dense(1, activation: "sigmoid").Apply(x);
        var model = keras.Model(all_inputs, output);
        model.summary(line_length: 80);

        model.compile("adam", "binary_crossentropy", metrics: ["accuracy"]);
        model.fit(train.Features, train.Target, epochs: options.Epochs ?? 20, validation_data: (val.Features, val.Target), verbose: 2);

        var sample = new Dictionary<string, Array>
        {
            ["age"] = new[] { 60f },
            ["sex"] = new[] { 1L },
            ["cp"] = new[] { 1L },
            ["trestbps"] = new[] { 145f },
            ["chol"] = new[] { 233f },
            ["thalach"] = new[] { 150f },
            ["oldpeak"] = new[] { 2.3f },
            ["thal"] = new[] { "fixed" },
        };
        using NDArray predictions = model.predict(sample);
        Console.WriteLine($"A man of 60 with a fixed defect: ill with a probability of {100 * predictions.GetSingle(0, 0):F1} %");

        Logs score = model.evaluate(val.Features, val.Target);
        return PortResult.Of(model, training, score, val.Target, best: val.BestAccuracy);
    }

    private static KerasTensor EncodeNumericalFeature(KerasTensor feature, string name, Patients dataset)
    {
        var normalizer = keras.layers.Normalization();

        // One number a row.
        NDArray feature_ds = np.expand_dims(np.array((float[])dataset.Features[name]), -1);
        normalizer.Adapt(feature_ds);
        return normalizer.Apply(feature);
    }

    private static KerasTensor EncodeCategoricalFeature(KerasTensor feature, string name, Patients dataset, bool is_string)
    {
        if (is_string)
        {
            var lookup = keras.layers.StringLookup(output_mode: "binary");
            lookup.Adapt(dataset.Features[name]);
            return lookup.Apply(feature);
        }
        else
        {
            var lookup = keras.layers.IntegerLookup(output_mode: "binary");
            lookup.Adapt(dataset.Features[name]);
            return lookup.Apply(feature);
        }
    }
}
