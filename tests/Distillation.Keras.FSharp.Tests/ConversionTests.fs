module Distillation.Keras.FSharp.Tests.ConversionTests

open System
open System.Runtime.InteropServices
open NUnit.Framework
open NumSharp
open TorchSharp
open Distillation.Keras
open Distillation.Keras.Layers
open Distillation.Keras.Saving
open Distillation.Keras.FSharp.Tests.Data

let private jagged (values: float32[,]) =
    [| for i in 0 .. values.GetLength 0 - 1 -> [| for j in 0 .. values.GetLength 1 - 1 -> values[i, j] |] |]

[<Test>]
let ``validation data are a pair or a triple of any data`` () =
    let model = mlp 4
    model.Compile(Optimizers.SGD 0.0, "categorical_crossentropy")
    let expected = model.Evaluate(x, y).Loss
    let fitted (history: History) = Assert.That(history["val_loss"][0], Is.EqualTo(expected).Within 1e-6)
    let ones = Array.create samples 1.0f
    let doubles = Array.create samples 1.0
    use nx = np.array x
    use ny = np.array y
    use tx = torch.tensor x
    let rows = jagged x
    let targets = jagged y
    fitted (model.Fit(x, y, verbose = 0, validation_data = (x, y, ones)))
    fitted (model.Fit(x, y, verbose = 0, validation_data = (x, y, doubles)))
    fitted (model.Fit(x, y, verbose = 0, validation_data = (rows, y)))
    fitted (model.Fit(x, y, verbose = 0, validation_data = (rows, targets)))
    fitted (model.Fit(x, y, verbose = 0, validation_data = (rows, targets, ones)))
    fitted (model.Fit(x, y, verbose = 0, validation_data = (Array2D.map float x, Array2D.map float y, doubles)))
    fitted (model.Fit(x, y, verbose = 0, validation_data = (rows |> Array.map (Array.map float), y)))
    fitted (model.Fit(x, y, verbose = 0, validation_data = (nx, ny, ones)))
    fitted (model.Fit(x, y, verbose = 0, validation_data = (tx, targets, doubles)))
    fitted (model.Fit(x, y, verbose = 0, validation_data = ([ nx ], [| y |], ones)))
    let pair = x, y
    fitted (model.Fit(x, y, verbose = 0, validation_data = pair))
    fitted (model.Fit(x, y, verbose = 0, validation_data = ValidationData(x, y)))
    let struct (a, b) = struct (x, y)
    fitted (model.Fit(x, y, verbose = 0, validation_data = struct (a, b)))
    let uneven = [| for i in 1..samples -> float i |]
    let weighed = model.Evaluate(x, y, sample_weight = uneven).Loss
    Assert.That(weighed, Is.Not.EqualTo(expected).Within 1e-3)
    let history = model.Fit(x, y, verbose = 0, validation_data = (rows, y, uneven))
    Assert.That(history["val_loss"][0], Is.EqualTo(weighed).Within 1e-5)
    let result = Distiller(model).WithStudent(mlp 4).Fit(x, labels, epochs = 1, verbose = 0, validation_data = (rows, labels, doubles),
                                                         class_weight = dict [ 0, 1.0; 1, 2.0 ])
    Assert.That(result.History.Contains "val_loss")

[<Test>]
let ``what is no data is refused by its place in the tuple`` () =
    let model = compiled 4
    let refused (part: string) (call: unit -> History) =
        Assert.That(Action(fun () -> call () |> ignore), Throws.ArgumentException.With.Message.Contains part)
    refused "validation_data[1] is y (String)" (fun () -> model.Fit(x, y, validation_data = (x, "y")))
    refused "validation_data[0] is null" (fun () -> model.Fit(x, y, validation_data = ((null: obj | null), y)))
    refused "4 elements" (fun () -> model.Fit(x, y, validation_data = (x, y, x, y)))

[<Test>]
let ``class weights are any dictionary`` () =
    let model = mlp 4
    model.Compile(Optimizers.SGD 0.0, "categorical_crossentropy")
    let loss (history: History) = history["loss"][0]
    let plain = loss (model.Fit(x, y, verbose = 0))
    let weighted = loss (model.Fit(x, y, verbose = 0, class_weight = dict [ 0, 1.0; 1, 3.0 ]))
    Assert.That(weighted, Is.Not.EqualTo(plain).Within 1e-3)
    let same history = Assert.That(loss history, Is.EqualTo(weighted).Within 1e-6)
    same (model.Fit(x, y, verbose = 0, class_weight = readOnlyDict [ 0, 1.0; 1, 3.0 ]))
    same (model.Fit(x, y, verbose = 0, class_weight = Map [ 0, 1.0; 1, 3.0 ]))
    same (model.Fit(x, y, verbose = 0, class_weight = ClassWeights(dict [ 1, 3.0 ])))

/// x * factor, with arguments that may be left out.
type Times(?factor: float, ?name: string) =
    inherit Layer(Option.toObj name)

    /// The value, not the option.
    member _.Factor = defaultArg factor 2.0

    override _.ComputeOutputShape(inputShape: Shape) = inputShape
    override this.Forward(input, _) = input.mul (torch.tensor (float32 this.Factor))

/// The same with an option in its property, and a value option.
type Plus(?shift: float, [<Struct>] ?factor: float) =
    inherit Layer()

    member _.Shift = shift
    member _.Factor = factor

    override _.ComputeOutputShape(inputShape: Shape) = inputShape
    override _.Forward(input, _) = input.mul (torch.tensor (float32 (ValueOption.defaultValue 1.0 factor + defaultArg shift 0.0)))

/// The same as C# has them.
type Minus([<Optional; DefaultParameterValue(3.0)>] shift: float) =
    inherit Layer()

    member _.Shift = shift
    override _.ComputeOutputShape(inputShape: Shape) = inputShape
    override _.Forward(input, _) = input.neg ()

let private first<'T when 'T :> Layer> (model: Model) = model.GetLayer 0 :?> 'T

[<Test>]
let ``a layer with optional arguments is cloned`` () =
    let clone (layer: Layer) = Sequential([ Input 4; layer ]).Clone()
    Assert.That((first<Times> (clone (Times()))).Factor, Is.EqualTo 2.0)
    let given = Times(3.0, name = "three")
    let copy = first<Times> (clone given)
    Assert.That(copy.Factor, Is.EqualTo 3.0)
    Assert.That(copy.Name, Is.EqualTo "three")
    Assert.That((first<Plus> (clone (Plus()))).Shift, Is.EqualTo None)
    let plus = first<Plus> (clone (Plus(0.5, factor = 4.0)))
    Assert.That(plus.Shift, Is.EqualTo(Some 0.5))
    Assert.That(plus.Factor, Is.EqualTo(ValueSome 4.0))
    Assert.That((first<Plus> (clone (Plus(0.5)))).Factor, Is.EqualTo(ValueOption<float>.None))
    Assert.That((first<Minus> (clone (Minus 5.0))).Shift, Is.EqualTo 5.0)
    Assert.That((first<Minus> (clone (Minus()))).Shift, Is.EqualTo 3.0)

[<Test>]
let ``a layer with optional arguments is written and read`` () =
    KerasSerializer.Register<Times>()
    KerasSerializer.Register<Plus>()
    let again (layer: Layer) = Model.FromJson(Sequential([ Input 4; layer ]).ToJson())
    Assert.That((first<Times> (again (Times 3.0))).Factor, Is.EqualTo 3.0)
    let plus = first<Plus> (again (Plus(factor = 4.0)))
    Assert.That(plus.Shift, Is.EqualTo None)
    Assert.That(plus.Factor, Is.EqualTo(ValueSome 4.0))
    Assert.That((first<Plus> (again (Plus(0.5)))).Shift, Is.EqualTo(Some 0.5))
    let json = Sequential([ Input 4; Plus(0.5) ]).ToJson().Replace("\"shift\":0.5,", "")
    Assert.That((first<Plus> (Model.FromJson json)).Shift, Is.EqualTo None)

[<Test>]
let ``shapes are taken as NumSharp has them`` () =
    use images = np.array images
    let input = Input(images.shape[1..])
    Assert.That((input.BatchShape = Input(6, 6, 1).BatchShape))
    Assert.That((Reshape(images.shape[1..]).TargetShape = TargetShape(6, 6, 1)))

[<Test>]
let ``whole numbers are numbers`` () =
    let config (layer: Layer) (key: string) = layer.GetConfig()[key] |> Option.ofObj |> Option.map _.ToJsonString()
    let is (layer: Layer) key expected = Assert.That(config layer key, Is.EqualTo(Some expected), key)
    is (RandomBrightness 1) "factor" "[-1.0,1.0]"
    is (RandomBrightness(factor = 1, value_range = (0, 1))) "value_range" "[0.0,1.0]"
    is (RandomBrightness(0.2, value_range = (0, 255))) "value_range" "[0.0,255.0]"
    is (RandomBrightness(0.2, value_range = (0, 0.5))) "value_range" "[0.0,0.5]"
    is (RandomBrightness(0.2, value_range = (-0.5, 1))) "value_range" "[-0.5,1.0]"
    is (RandomBrightness((-1, 0))) "factor" "[-1.0,0.0]"
    is (RandomBrightness((0, 0.5))) "factor" "[0.0,0.5]"
    is (RandomBrightness((-0.5, 1))) "factor" "[-0.5,1.0]"
    is (RandomTranslation(0, 0.1)) "height_factor" "0.0"
    is (RandomTranslation((-1, 1), 0.1)) "height_factor" "[-1.0,1.0]"
    is (Rescaling(2, offset = -1)) "scale" "2.0"
    is (Rescaling(2, offset = -1)) "offset" "-1.0"
    is (Normalization(mean = 3, variance = 2)) "variance" "2.0"
    let whole = [| 3; 1 |]
    is (Rescaling whole) "scale" "[3.0,1.0]"
    is (Normalization(mean = whole, variance = whole)) "mean" "[3.0,1.0]"
    let alpha (loss: Losses.Loss) = loss.GetConfig()["alpha"] |> Option.ofObj |> Option.map _.ToJsonString()
    Assert.That(alpha (Losses.CategoricalFocalCrossentropy(alpha = 1)), Is.EqualTo(Some "1.0"))
    Assert.That(alpha (Losses.CategoricalFocalCrossentropy(alpha = whole)), Is.EqualTo(Some "[3.0,1.0]"))
    let thresholds (metric: Metrics.Metric) = metric.GetConfig()["thresholds"] |> Option.ofObj |> Option.map _.ToJsonString()
    Assert.That(thresholds (Metrics.Precision 0.25), Is.EqualTo(Some "0.25"))
    Assert.That(thresholds (Metrics.Recall(thresholds = 1)), Is.EqualTo(Some "1.0"))
    let several = [| 0.25; 0.5 |]
    Assert.That(thresholds (Metrics.TruePositives several), Is.EqualTo(Some "[0.25,0.5]"))
